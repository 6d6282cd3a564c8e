"""The report and the model card, where a model was really trained and handed over."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.template.conftest import git, run

pytestmark = pytest.mark.xdist_group("life")


@pytest.fixture
def card(handed_over: Path) -> Iterator[Path]:
    """The model card, written and staged; gone afterwards."""
    done = run(handed_over, "road", "handoff", "card")
    assert done.returncode == 0, done.stdout + done.stderr
    file = handed_over / "docs/model-card.md"
    git(handed_over, "add", "docs/model-card.md")
    yield file
    git(handed_over, "rm", "-q", "--force", "docs/model-card.md")


def hook(project: Path) -> "subprocess.CompletedProcess[str]":
    return run(project, "pre-commit", "run", "model-card", "--all-files")


def test_a_report_is_drawn_with_what_the_project_installs(handed_over: Path, tmp_path: Path) -> None:
    done = run(handed_over, "road", "handoff", "report", "--output", str(tmp_path / "report.html"))

    assert done.returncode == 0, done.stdout + done.stderr
    shown = (tmp_path / "report.html").read_text()
    assert "ROC curve." in shown and "average_precision" not in shown
    assert "Scores card transactions for fraud" in shown
    assert "@acme/fraud-scoring-operations" in shown


def test_a_generated_project_has_no_card_and_its_hook_wants_none(handed_over: Path) -> None:
    done = hook(handed_over)

    assert not (handed_over / "docs/model-card.md").exists()
    assert done.returncode == 0
    assert "no files to check" in done.stdout


def test_the_hook_accepts_the_card_and_refuses_one_that_was_edited(card: Path) -> None:
    accepted = hook(card.parents[1])
    card.write_text(card.read_text().replace("kept", "kept beautifully", 1))

    refused = hook(card.parents[1])

    assert accepted.returncode == 0, accepted.stdout
    assert refused.returncode == 1
    assert "differs from what handoff/manifest.json says" in refused.stdout
    assert "run `road handoff card`" in refused.stdout


def test_the_card_has_an_owner(card: Path) -> None:
    asked = run(card.parents[1], "road", "who", "docs/model-card.md")

    assert asked.returncode == 0
    assert "accountable" in asked.stdout
