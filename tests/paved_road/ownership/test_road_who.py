"""`road who`: the question of three in the morning, answered in a few lines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Matrix, Repository


def test_who_says_who_owns_a_file(repository: Repository) -> None:
    outcome = repository.road("who", "src/serving.py")

    assert outcome.exit_code == 0
    assert outcome.stdout == (
        "src/serving.py: Run the service (raci.yml:30 through /src/serving.py)\n"
        "  accountable  MLOps engineer  @acme/operations  https://example.com/pager\n"
        "  responsible  MLOps engineer  @acme/operations  https://example.com/pager\n"
        "  consulted    Data scientist  @acme/science     #science\n"
    )


@pytest.mark.parametrize(
    ("folder", "target"),
    [
        ("src", "model.py"),
        ("deploy", "../src/model.py"),
        ("deploy", "src/model.py"),
        ("src", "not_yet.py"),
        (".", "./src/not_yet"),
    ],
)
def test_who_finds_a_path_from_wherever_it_is_asked(repository: Repository, folder: str, target: str) -> None:
    outcome = repository.road("who", target, inside=folder)

    assert "Train the model (raci.yml:21 through /src/)" in outcome.stdout


def test_who_finds_an_absolute_path_through_a_link(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(repository.root)

    outcome = repository.road("who", str(link / "src/model.py"))

    assert outcome.stdout.startswith("src/model.py: Train the model")


def test_who_says_what_inside_a_folder_belongs_to_others(repository: Repository) -> None:
    outcome = repository.road("who", "src")

    assert outcome.stdout.startswith("src/: Train the model")
    assert "  inside       /src/serving.py: Run the service\n" in outcome.stdout


def test_who_says_whom_an_alert_wakes_and_what_to_do(repository: Repository) -> None:
    outcome = repository.road("who", "errorbudgetburns")

    assert "accountable  MLOps engineer  @acme/operations  https://example.com/pager" in outcome.stdout
    assert "runbook      docs/errors.md" in outcome.stdout


def test_who_answers_for_a_request(repository: Repository) -> None:
    outcome = repository.road("who", "Retraining request")

    assert "accountable  Data scientist" in outcome.stdout
    assert "informed     Product manager" in outcome.stdout


def test_who_says_who_accepts_a_handoff(repository: Repository) -> None:
    outcome = repository.road("who", "handoff/manifest.json")

    assert "accountable  Data scientist" in outcome.stdout
    assert "accepting    MLOps engineer" in outcome.stdout


def test_who_answers_a_machine(repository: Repository) -> None:
    document = json.loads(repository.road("who", "src/model.py", "--json").stdout)

    assert (document["ok"], document["kind"], document["activity"]) == (True, "path", "Train the model")
    assert document["accountable"] == [
        {"role": "data-scientist", "title": "Data scientist", "team": "@acme/science", "contact": "#science"}
    ]


def test_who_suggests_the_name_that_was_meant(repository: Repository) -> None:
    outcome = repository.road("who", "Trian the model")

    assert outcome.exit_code == 1
    assert "WHO001  'Trian the model' is no file, contract, activity, request or alert" in outcome.stderr
    assert "did you mean Train the model" in outcome.stderr


@pytest.mark.parametrize(("folder", "target"), [("src", "../../outside.py"), (".", "/etc/hosts"), ("src", "../..")])
def test_who_does_not_answer_for_other_repositories(repository: Repository, folder: str, target: str) -> None:
    outcome = repository.road("who", target, inside=folder)

    assert outcome.exit_code == 1
    assert "is outside of this repository" in outcome.stderr


def test_who_says_that_nobody_owns_a_file(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('    paths: ["*"]\n', "").text)

    outcome = repository.road("who", "README.md")

    assert outcome.exit_code == 1
    assert "README.md  WHO002  no activity owns it" in outcome.stderr


@pytest.mark.parametrize("name", ["model", "MODEL contract", "fraud-scoring"])
def test_who_finds_a_contract_by_its_name(repository: Repository, name: str) -> None:
    repository.write("contracts/model.yml", "name: fraud-scoring\n")
    repository.write("contracts/broken.yml", "{")
    repository.write("contracts/api.json", '{"info": {"title": "fraud-scoring"}}')

    outcome = repository.road("who", name, inside="src")

    assert outcome.stdout.startswith("contracts/model.yml: Keep the repository (raci.yml:17 through *)")


def test_who_says_who_helps_next(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but("pager\n", "pager\n    escalates_to: product-manager\n").text)

    outcome = repository.road("who", "ErrorBudgetBurns")

    assert "  helps next   Product manager  @acme/product\n" in outcome.stdout


def test_who_says_that_nothing_is_without_an_owner(repository: Repository) -> None:
    repository.track()

    outcome = repository.road("who", "--gaps", inside="src")

    assert outcome.exit_code == 0
    assert outcome.stdout == f"Nothing of {repository.root.name} is without an owner\n"


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        ("files", '    paths: ["*"]\n', "", "pyproject.toml  RACI005  nobody owns it"),
        ("alerts", "    contact: https://example.com/pager\n", "", "RACI020  Run the service: nobody receives"),
        ("activities", "{data-scientist: RA, mlops-engineer: I}", "{data-scientist: A}", "RACI002  Train the model"),
        ("activities", "{data-scientist: RA, mlops-engineer: I}", "{data-scientist: R}", "RACI001  Train the model"),
        ("roles", '    team: "@acme/product"\n', "", "RACI004  product-manager: no team holds it"),
    ],
)
def test_who_says_what_nobody_owns(
    repository: Repository, matrix: Matrix, kind: str, old: str, new: str, said: str
) -> None:
    repository.write("raci.yml", matrix.but(old, new).text)
    repository.track()

    text, document = repository.road("who", "--gaps"), repository.road("who", "--gaps", "--json")

    gaps = json.loads(document.stdout)["gaps"]
    assert (text.exit_code, document.exit_code) == (1, 1)
    assert said in text.stdout
    assert [name for name, count in gaps.items() if count] == [kind]


def test_who_says_which_alert_rule_wakes_nobody(repository: Repository) -> None:
    repository.write("monitoring/rules.yml", "groups: [{rules: [{alert: NobodyKnowsMe}]}]\n")
    repository.track()

    outcome = repository.road("who", "--gaps")

    assert outcome.exit_code == 1
    assert "monitoring/rules.yml:1  RACI021  nobody receives the alert NobodyKnowsMe" in outcome.stdout


def test_who_does_not_take_a_target_with_gaps(repository: Repository) -> None:
    outcome = repository.road("who", "src", "--gaps")

    assert outcome.exit_code == 2
    assert "--gaps is about everything" in outcome.stderr


def test_who_asks_for_a_target_that_is_not_empty(repository: Repository) -> None:
    outcome = repository.road("who", "")

    assert outcome.exit_code == 2
    assert "TARGET is empty" in outcome.stderr


def test_who_imports_nothing_heavy(repository: Repository) -> None:
    script = (
        "import sys; from paved_road.cli.main import road; "
        "road(['who', 'src/model.py'], standalone_mode=False); "
        "print(sorted({'numpy', 'pandas', 'pyarrow', 'onnxruntime', 'rich', 'jinja2', 'starlette'} & set(sys.modules)))"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], cwd=repository.root, capture_output=True, text=True, check=True
    ).stdout

    assert said.endswith("[]\n")


@pytest.mark.parametrize("verb", [["who"], ["raci"], ["raci", "check"], ["raci", "sync"]])
def test_every_verb_explains_itself_with_an_example(repository: Repository, verb: list[str], tmp_path: Path) -> None:
    outcome = repository.road(*verb, "--help")

    assert outcome.exit_code == 0
    assert "Example" in outcome.stdout
    assert f"road {' '.join(verb)}" in outcome.stdout
