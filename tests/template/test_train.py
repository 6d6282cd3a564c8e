"""The workflow that trains and proposes, lived through: what it makes, what it says, and when it keeps still."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road.deployment import files as deployment
from tools import workflow

from .conftest import git, installed

FILE = ".github/workflows/train.yml"
LAST = "handoff/model-0123456789ab.onnx"
"""A file of the last handoff."""
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]


def test_a_schedule_that_nobody_asked_for_trains_nothing_and_says_how_to(generate: Callable[..., Path]) -> None:
    jobs = workflow.run(generate(), file=FILE, github={"event_name": "schedule"})

    assert jobs["train"].result == "success", jobs["train"]
    assert "set the repository's variable TRAIN_ON_SCHEDULE to true" in jobs["train"].summary
    assert {step.result for step in jobs["train"].steps[1:]} == {"skipped"}
    assert jobs["propose"].result == "skipped"


@pytest.fixture(scope="module")
def trained(lived_in: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, workflow.Job]]:
    """A clone with an earlier handoff, in which somebody asked for a training; and how its jobs ended."""
    folder = tmp_path_factory.mktemp("train") / "project"
    git(lived_in, "clone", "-q", str(lived_in), str(folder))
    (folder / LAST).touch()
    git(folder, "add", LAST)
    git(folder, "commit", "-q", "-m", "Hand over")
    installed(folder, warm=lived_in)
    contexts: dict[str, Any] = {
        "github": {"event_name": "workflow_dispatch", "server_url": "https://github.com", "repository": "acme/fraud"},
        "inputs": {"reason": "The `rules` $(changed)"},
    }
    return folder, workflow.run(folder, file=FILE, **contexts)


def test_what_was_trained_is_verified_before_it_is_proposed(trained: tuple[Path, dict[str, workflow.Job]]) -> None:
    _, jobs = trained

    assert jobs["train"].result == "success", jobs["train"]
    assert jobs["train"].outputs == {"wanted": "yes", "title": "Hand over fraud-scoring 1.0.0"}
    assert "verified: 11 checks hold" in "".join(step.output for step in jobs["train"].steps)


def test_what_a_cluster_is_asked_for_follows_the_handoff_that_is_proposed(
    trained: tuple[Path, dict[str, workflow.Job]],
) -> None:
    folder, jobs = trained

    assert "deploy/sized/kustomization.yaml is written" in "".join(step.output for step in jobs["train"].steps)
    written = yaml.safe_load((folder / FILE).read_text())["jobs"]
    uploaded = next(step["with"]["path"] for step in written["train"]["steps"] if "upload" in step.get("uses", ""))
    added = next(
        step["with"]["add-paths"] for step in written["propose"]["steps"] if "add-paths" in step.get("with", {})
    )
    assert {path.rstrip("/") for path in uploaded.split()} == set(added.split())
    assert deployment.SOURCES.keys() < set(added.split())


def test_the_pull_request_says_why_and_how_good_the_model_is(trained: tuple[Path, dict[str, workflow.Job]]) -> None:
    _, jobs = trained
    said = jobs["propose"].summary

    assert jobs["propose"].result == "success", jobs["propose"]
    assert said.startswith("The `rules` $(changed).\n")
    assert "# Model card: fraud-scoring 1.0.0" in said
    assert "promises kept" in said


def test_the_evidence_of_the_last_handoff_does_not_stay_beside_the_new(
    trained: tuple[Path, dict[str, workflow.Job]],
) -> None:
    folder, jobs = trained

    assert jobs["propose"].result == "success", jobs["propose"]
    assert LAST in git(folder, "ls-tree", "-r", "--name-only", "HEAD", "handoff")
    assert git(folder, "ls-files", "handoff") == ""


def test_a_model_that_breaks_its_promise_is_not_proposed(trained: tuple[Path, dict[str, workflow.Job]]) -> None:
    folder, _ = trained
    git(folder, "reset", "-q", "--hard")
    contract = folder / "contracts/model.yml"
    contract.write_text(contract.read_text().replace("floor: 0.8\n", "floor: 0.999\n"))

    jobs = workflow.run(folder, file=FILE, github={"event_name": "repository_dispatch"})

    assert jobs["train"].result == "failure"
    assert jobs["train"].failed == ["Build the handoff, and hold the evidence against the promises"]
    assert "BASELINE001" in jobs["train"].steps[-1].output
    assert jobs["propose"].result == "skipped"
