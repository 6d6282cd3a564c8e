"""The matrices that the default raci.yml merges, cell by cell: where each stands, and why one stands otherwise."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paved_road.ownership.raci import Raci, load

TOPOLOGIES = ("hybrid", "embedded", "centralized", "full-stack")
GENERATED: dict[str, Raci] = {}

ELEVEN = """
                             data-scientist  ml-engineer  mlops-engineer  data-engineer
Frame the business problem   RA              C            I               I
Explore the data             RA              C            I               C
Engineer features            R               A            I               C
Train the model              R               A            I               I
Test the model               C               RA           I               I
Set up CI/CD                 I               C            RA              I
Package the image            C               R            A               I
Deploy to Kubernetes         I               C            RA              I
Monitor the model            I               C            RA              I
Run the data pipeline        I               I            C               RA
Manage the feature store     C               C            I               RA
"""

# x marks who does the work, - who does not; who answers for it is not said.
THIRTEEN = """
                             product-manager  data-engineer  data-scientist  ml-engineer  mlops-engineer  devops-sre  software-engineer
Define the requirements      x                -              -               -            -               -           -
Run the data pipeline        -                x              -               -            -               -           -
Explore the data             -                -              x               -            -               -           -
Train the model              -                -              x               x            -               -           -
Track experiments            -                -              x               x            x               -           -
Optimize the model           -                -              -               x            -               -           -
Build the training pipeline  -                -              -               x            x               -           -
Deploy to Kubernetes         -                -              -               x            x               -           -
Set up CI/CD                 -                -              -               -            x               x           -
Monitor the model            -                -              -               -            x               -           -
Manage the infrastructure    -                -              -               -            -               x           -
Build the application        -                -              -               -            -               -           x
Integrate predictions        -                -              -               -            -               -           x
"""  # noqa: E501

DEVIATIONS = {
    ("Deploy to Kubernetes", "ml-engineer"): (
        "C",
        "the matrices contradict: one lets ML engineers deploy, the other only consults them on the cluster; "
        "so they work on `Release the model`, and are consulted on `Deploy to Kubernetes`",
    ),
}
"""Cells that stand otherwise: the letter that stands there, and why."""

SCENARIOS = {
    "Retraining request": {
        "ml-engineer": "R", "science-lead": "A", "mlops-engineer": "C", "product-manager": "I",
    },
    "Production drift incident": {
        "mlops-engineer": "R", "devops-sre": "R", "operations-lead": "A", "ml-engineer": "C",
        "business-stakeholder": "I", "engineering-lead": "I",
    },
    "GPU infrastructure request": {
        "platform-engineer": "R", "platform-lead": "A", "ml-engineer": "C", "finops": "C", "science-lead": "I",
    },
}  # fmt: skip

PLACES = {
    "hybrid": {
        "product": ("data-scientist", "product-manager", "mlops-engineer"),
        "central": ("platform-engineer", "devops-sre"),
    },
    "embedded": {
        "product": ("product-manager", "data-scientist", "software-engineer", "ml-engineer", "data-engineer"),
        "central": ("platform-engineer", "mlops-engineer"),
    },
    "centralized": {
        "product": ("data-scientist", "product-manager"),
        "central": ("mlops-engineer", "platform-engineer", "data-engineer", "devops-sre", "ml-engineer"),
    },
    "full-stack": {"product": ("data-scientist", "ml-engineer", "data-engineer", "mlops-engineer"), "central": ()},
}
"""Who sits with the product, and who in a central team, for each way to cut teams."""

MOVED = {
    ("embedded", "mlops-engineer"): (
        "the sources contradict; with the product, for the hybrid topology is the one that shares operations"
    ),
    ("centralized", "ml-engineer"): "a handoff needs two sides, and the central team is the one that accepts",
}
"""Roles that sit on the other side, and why."""


def cells(table: str) -> Iterator[tuple[str, str, str]]:
    """Activity, role and letters of every cell of a table whose columns stand below their heads."""
    head, *rows = table.strip("\n").splitlines()
    for row in rows:
        activity, *letters = [cell for cell in row.split("  ") if cell.strip()]
        for role, letter in zip(head.split(), letters, strict=True):
            yield activity.strip(), role, letter.strip()


@pytest.fixture(params=TOPOLOGIES)
def topology(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def raci(generate: Callable[..., Path], topology: str) -> Raci:
    if topology not in GENERATED:
        GENERATED[topology] = load(generate(topology=topology) / "raci.yml")
    return GENERATED[topology]


def test_every_cell_of_the_matrix_of_eleven_stands_in_raci_yml(raci: Raci) -> None:
    transcribed = {(activity, role): letters for activity, role, letters in cells(ELEVEN)}

    found = {cell: raci.activities[cell[0]].letters.get(cell[1]) for cell in transcribed}

    assert len(transcribed) == 11 * 4
    assert found == transcribed


def test_whoever_the_matrix_of_thirteen_marks_does_the_work_and_nobody_else(raci: Raci) -> None:
    transcribed = {(activity, role): mark == "x" for activity, role, mark in cells(THIRTEEN)}

    works = {cell: bool({"R", "A"} & set(raci.activities[cell[0]].letters.get(cell[1], ""))) for cell in transcribed}

    assert len(transcribed) == 13 * 7
    assert {cell for cell in works if works[cell] != transcribed[cell]} == set(DEVIATIONS)


@pytest.mark.parametrize("cell", DEVIATIONS)
def test_a_cell_that_deviates_stands_as_its_reason_says(raci: Raci, cell: tuple[str, str]) -> None:
    activity, role = cell
    letter, _ = DEVIATIONS[cell]

    assert raci.activities[activity].letters[role] == letter
    assert raci.activities["Release the model"].letters["ml-engineer"] == "R"


@pytest.mark.parametrize("request_name", SCENARIOS)
def test_the_three_scenarios_find_their_people(raci: Raci, request_name: str) -> None:
    assert raci.requests[request_name].letters == SCENARIOS[request_name]


def test_every_role_sits_where_the_topology_puts_it(raci: Raci, topology: str) -> None:
    expected = {role: side for side, roles in PLACES[topology].items() for role in roles}

    sits = {
        role: "product" if raci.roles[role].team.startswith("@acme/fraud-scoring") else "central" for role in expected
    }

    assert {role for role in sits if sits[role] != expected[role]} == {
        role for where, role in MOVED if where == topology
    }


def test_every_role_says_what_it_does_what_not_and_what_others_get(raci: Raci) -> None:
    silent = {
        key for key, role in raci.roles.items() if not (role.title and role.does and role.does_not and role.delivers)
    }

    assert len(raci.roles) == 16
    assert silent == set()


def test_whoever_answers_for_an_operation_has_somebody_to_ask_next(raci: Raci) -> None:
    answering = {role for entry in raci.entries if entry.loop == "system" for role in entry.roles("A")}

    assert {role for role in answering if raci.roles[role].escalates_to is None} == set()
