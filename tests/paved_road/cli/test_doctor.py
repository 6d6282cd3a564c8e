"""`road doctor` looks at nineteen things; each can be good, most can be open or wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ..ownership.conftest import Repository

Break = Callable[[Path], object]


def checks(repository: Repository) -> dict[str, dict[str, str]]:
    document = json.loads(repository.road("doctor", "--json").stdout)
    assert document["ok"] == all(check["state"] != "wrong" for check in document["checks"])
    return {check["name"]: check for check in document["checks"]}


def test_an_orderly_repository_has_nothing_wrong_and_three_things_to_do(orderly: Repository) -> None:
    outcome = orderly.road("doctor")

    assert outcome.exit_code == 0
    states = {name: check["state"] for name, check in checks(orderly).items()}
    assert {name for name, state in states.items() if state != "good"} == {"handoff", "tracking", "artifacts"}
    assert set(states) == {
        *("python", "uv", "git", "repository", "lock", "hooks", "contracts", "ownership", "handoff", "tracking"),
        *("monitoring", "deployment", "artifacts", "settings", "workspace", "answers", "workflows", "training"),
        "notebooks",
    }
    assert "✓ contracts    the three contracts agree" in outcome.stdout


# What breaks, the look that sees it, its state, and what it says.
BROKEN: list[tuple[Break, str, str, str, str]] = [
    (lambda root: shutil.rmtree(root / ".git"), "repository", "wrong", "no commit yet", "git init"),
    (lambda root: (root / "uv.lock").unlink(), "lock", "wrong", "there is no uv.lock", "run `uv lock`"),
    (
        lambda root: (root / ".git" / "hooks" / "pre-commit").unlink(),
        "hooks",
        "open",
        "pre-commit is not installed here",
        "run `uv run pre-commit install`",
    ),
    (
        lambda root: (root / "contracts" / "api.json").write_text("{}"),
        "contracts",
        "wrong",
        "contracts/api.json differs from contracts/model.yml",
        "run `road contract sync`",
    ),
    (
        lambda root: (root / "contracts" / "data.yml").unlink(),
        "contracts",
        "wrong",
        "contracts/data.yml is missing",
        "restore it from git",
    ),
    (
        lambda root: (root / "raci.yml").write_text("roles: ["),
        "ownership",
        "wrong",
        "raci.yml:2 is not YAML",
        "mend that line",
    ),
    (
        lambda root: (root / ".github" / "CODEOWNERS").write_text(""),
        "ownership",
        "wrong",
        ".github/CODEOWNERS",
        "run `road raci sync`",
    ),
    (
        lambda root: (root / "monitoring" / "rules.yml").unlink(),
        "monitoring",
        "wrong",
        "monitoring/rules.yml is missing",
        "run `road monitor sync`",
    ),
    (
        lambda root: (root / "deploy" / "sized" / "kustomization.yaml").unlink(),
        "deployment",
        "wrong",
        "deploy/sized/kustomization.yaml is missing",
        "run `road deploy sync`",
    ),
    (lambda root: (root / "handoff" / "manifest.json").write_text("{"), "handoff", "wrong", "is not JSON", ""),
]


def swap(path: str, old: str, new: str) -> Break:
    def change(root: Path) -> None:
        text = (root / path).read_text()
        assert text.count(old) == 1
        (root / path).write_text(text.replace(old, new))

    return change


OUTPUTS = '{"cells": [{"outputs": [{"text": "42"}], "execution_count": 1}]}'


MISSING: list[tuple[Break, str, str, str, str]] = [
    (
        swap("pyproject.toml", '[tool.paved-road]\npackage = "fraud"\n', ""),
        "settings",
        "wrong",
        "pyproject.toml has no [tool.paved-road]: road does not know which package it trains",
        "add the table",
    ),
    (
        swap("pyproject.toml", '["platform"]', "[]"),
        "workspace",
        "wrong",
        "platform/ is no member of the workspace: uv.lock does not fix what serves the model",
        'members = ["platform"]',
    ),
    (
        swap("pyproject.toml", '"paved-road[scikit-learn]"', ""),
        "workspace",
        "wrong",
        "does not depend on paved-road: `uv sync` installs no road",
        "uv add 'paved-road[scikit-learn]'",
    ),
    (
        lambda root: shutil.rmtree(root / "platform"),
        "workspace",
        "wrong",
        "platform/ is not there: the package behind road",
        "uvx copier copy",
    ),
    (
        lambda root: (root / ".copier-answers.yml").unlink(),
        "answers",
        "open",
        ".copier-answers.yml is missing: no update finds the version",
        "restore it from git",
    ),
    (
        lambda root: (root / ".github/workflows/ci.yml").unlink(),
        "workflows",
        "open",
        ".github/workflows/ci.yml is missing: nothing holds a pull request against contracts, owners and evidence",
        "uvx copier copy",
    ),
    (
        lambda root: (root / "src/fraud/data.py").unlink(),
        "training",
        "wrong",
        "src/fraud/data.py is missing: `road train` calls its load()",
        "with load() calling your own code",
    ),
    (
        swap("src/fraud/model.py", "as train", "as fit"),
        "training",
        "wrong",
        "src/fraud/model.py has no train(): `road train` calls it",
        "write train()",
    ),
    (
        lambda root: (root / "notebooks/look.ipynb").write_text(OUTPUTS),
        "notebooks",
        "open",
        "notebooks/look.ipynb holds outputs: they may show data",
        "run `uv run nbstripout notebooks/look.ipynb`",
    ),
    (lambda root: shutil.rmtree(root / "contracts"), "contracts", "wrong", "contracts/model.yml is missing", ""),
    (lambda root: (root / "raci.yml").unlink(), "ownership", "wrong", "raci.yml is missing", ""),
]


@pytest.mark.parametrize(
    ("breaks", "name", "state", "fact", "remedy"),
    [*BROKEN, *MISSING],
    ids=[f"{name}-{fact}" for _, name, _, fact, _ in [*BROKEN, *MISSING]],
)
def test_what_is_not_in_order_or_missing_is_told_with_why_it_matters_and_what_to_do(
    orderly: Repository, breaks: Break, name: str, state: str, fact: str, remedy: str
) -> None:
    breaks(orderly.root)

    outcome, check = orderly.road("doctor"), checks(orderly)[name]

    assert outcome.exit_code == (1 if state == "wrong" else 0)
    assert (check["name"], check["state"]) == (name, state)
    assert fact in check["fact"]
    assert remedy in check["remedy"]
    assert f"{'✗' if state == 'wrong' else '–'} {name}" in outcome.stdout
    assert check["remedy"] in outcome.stdout


@pytest.mark.parametrize("path", ["notebooks/look.ipynb", "src/fraud/data.py"])
def test_a_file_that_cannot_be_read_stops_no_other_look(orderly: Repository, path: str) -> None:
    orderly.write(path, "{")

    assert checks(orderly)["contracts"]["state"] == "good"


def test_a_lock_that_nobody_committed_is_open(orderly: Repository) -> None:
    shutil.copy(orderly.root / "uv.lock", orderly.root / "kept")
    (orderly.root / ".git" / "index").unlink()

    check = checks(orderly)["lock"]

    assert (check["state"], check["fact"]) == ("open", "uv.lock is not committed")


def test_a_machine_without_tools_is_told_which(orderly: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    found = checks(orderly)

    assert [found[name]["fact"] for name in ("uv", "git")] == ["is not on PATH"] * 2
    assert {name for name, check in found.items() if check["state"] == "wrong"} >= {"uv", "git", "repository"}
    assert found["contracts"]["state"] == "good"


@pytest.mark.parametrize(
    ("uri", "state"),
    [
        ("sqlite:///.road/mlflow.db", "open"),
        ("file:///tmp/runs", "open"),
        ("mlruns", "open"),
        ("https://ada:s3cret@mlflow.example.org", "good"),
        ("postgresql://db/mlflow", "good"),
    ],
)
def test_runs_are_kept_on_this_machine_or_on_a_server(
    orderly: Repository, monkeypatch: pytest.MonkeyPatch, uri: str, state: str
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)

    check = checks(orderly)["tracking"]

    assert check["state"] == state
    assert "s3cret" not in json.dumps(check)


def test_artifacts_are_kept_on_this_machine_where_nothing_else_is_said(orderly: Repository) -> None:
    check = checks(orderly)["artifacts"]

    assert (check["state"], check["fact"]) == ("open", "kept on this machine, in .road/artifacts")
    assert check["remedy"] == "set ROAD_ARTIFACT_STORE when others need them: see docs/stores.md"


def test_a_store_that_answers_is_told(orderly: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_ARTIFACT_STORE", "memory://models")

    check = checks(orderly)["artifacts"]

    assert (check["state"], check["fact"]) == ("good", "kept at memory://models, which answers")


def test_a_store_that_cannot_be_used_is_wrong(orderly: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROAD_ARTIFACT_STORE", "ftp://models")

    outcome, check = orderly.road("doctor"), checks(orderly)["artifacts"]

    assert outcome.exit_code == 1
    assert (check["state"], "ftp:// is not known" in check["fact"]) == ("wrong", True)
