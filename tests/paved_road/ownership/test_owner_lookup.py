"""Who owns this: asked from Python, as the handoff does."""

import pytest
from paved_road.findings import Problem
from paved_road.ownership.lookup import accountable, handoff_parties, owner

from .conftest import Matrix


def test_the_last_pattern_that_matches_wins(matrix: Matrix) -> None:
    owned = {path: owner(matrix.raci, path) for path in ("README.md", "src/model.py", "src/serving.py")}

    assert {path: (found[0].name, found[1]) for path, found in owned.items() if found} == {
        "README.md": ("Keep the repository", "*"),
        "src/model.py": ("Train the model", "/src/"),
        "src/serving.py": ("Run the service", "/src/serving.py"),
    }


@pytest.mark.parametrize(
    ("target", "role"),
    [
        ("Train the model", "data-scientist"),
        ("run the SERVICE", "mlops-engineer"),
        ("ErrorBudgetBurns", "mlops-engineer"),
        ("Retraining request", "data-scientist"),
        ("src/serving.py", "mlops-engineer"),
    ],
)
def test_one_role_is_accountable_for_whatever_is_asked(matrix: Matrix, target: str, role: str) -> None:
    assert accountable(matrix.raci, target).key == role


def test_a_handoff_has_a_side_that_gives_and_a_side_that_takes(matrix: Matrix) -> None:
    giving, taking = handoff_parties(matrix.raci)

    assert (giving.key, giving.title, giving.team) == ("data-scientist", "Data scientist", "@acme/science")
    assert (taking.key, taking.title, taking.team) == ("mlops-engineer", "MLOps engineer", "@acme/operations")


def test_a_handoff_that_nobody_accepts_is_refused(matrix: Matrix) -> None:
    one_sided = matrix.but("    accepted_by: mlops-engineer\n", "")

    with pytest.raises(Problem, match=r"Hand the model over: owns handoff/manifest\.json, and no role accepts it"):
        handoff_parties(one_sided.raci)


def test_a_handoff_that_two_roles_answer_for_is_refused(matrix: Matrix) -> None:
    doubled = matrix.but("{data-scientist: RA, mlops-engineer: R}", "{data-scientist: RA, mlops-engineer: RA}")

    with pytest.raises(Problem, match="2 accountable roles"):
        handoff_parties(doubled.raci)


def test_evidence_that_nobody_owns_is_refused(matrix: Matrix) -> None:
    holed = matrix.but('    paths: ["*"]\n', "").but("    paths: [/handoff/]\n", "")

    with pytest.raises(Problem, match="no activity owns it"):
        handoff_parties(holed.raci)
