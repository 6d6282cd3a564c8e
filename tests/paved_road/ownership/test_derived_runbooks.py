"""Runbooks: a derived block in a file that is otherwise the team's, and an index."""

import pytest
from paved_road.ownership.derive.runbooks import INDEX

from .conftest import MATRIX, Repository

RUNBOOK = "docs/runbooks/Errors.md"
OURS = "# Errors\n\nOur words.\n\n## Stop the harm\n\nOurs too: 100 % | <b>.\n"
RULES = """\
groups:
  - name: service
    rules:
      - {alert: ErrorBudgetBurns, expr: a > 1, labels: {severity: critical}}
      - {alert: ErrorBudgetBurns, expr: a > 0, labels: {severity: warning}}
"""


@pytest.fixture
def kept(repository: Repository) -> Repository:
    """A repository with one runbook, in step with raci.yml."""
    repository.write("raci.yml", MATRIX.replace("docs/errors.md", RUNBOOK))
    repository.write("monitoring/rules.yml", RULES)
    repository.write(RUNBOOK, OURS)
    done = repository.road("raci", "sync")
    assert done.exit_code == 0, done.stderr
    repository.track()
    return repository


def text(repository: Repository, path: str = RUNBOOK) -> str:
    return (repository.root / path).read_text(encoding="utf-8")


def block(repository: Repository) -> str:
    return text(repository).partition("<!-- Derived")[2].partition("<!-- End")[0]


def test_the_block_says_who_is_paged_and_how_to_reach_them(kept: Repository) -> None:
    said = block(kept)

    assert "| ErrorBudgetBurns | |\n" in said
    assert "| Severity | critical, warning |\n" in said
    assert "| Paged first | MLOps engineer (`@acme/operations`), <https://example.com/pager> |\n" in said
    assert "| Answers for it | MLOps engineer |\n" in said


def test_the_block_stands_below_the_heading_and_nothing_else_changes(kept: Repository) -> None:
    before, _, rest = text(kept).partition("<!-- Derived")
    after = rest.partition("<!-- End of what is derived. -->\n\n")[2]

    assert before + after == OURS


@pytest.mark.parametrize("start", ["", "Words without a heading.\n", "# Only a heading\n"])
def test_a_runbook_of_any_shape_gets_its_block_and_sync_is_then_content(repository: Repository, start: str) -> None:
    repository.write("raci.yml", MATRIX.replace("docs/errors.md", RUNBOOK))
    repository.write(RUNBOOK, start)

    first, again = repository.road("raci", "sync"), repository.road("raci", "sync", "--check")

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert text(repository).count("<!-- Derived") == 1
    assert start.strip() in text(repository)


def test_a_change_of_ownership_changes_the_block_alone(kept: Repository) -> None:
    kept.write("raci.yml", text(kept, "raci.yml").replace("https://example.com/pager", '"#night-shift"'))

    refused, _ = kept.road("raci", "sync", "--check"), kept.road("raci", "sync")

    assert refused.exit_code == 1
    assert f"{RUNBOOK}:8  OWNERS001  says `| Paged first | MLOps engineer (`@acme/operations`)" in refused.stdout
    assert "#night-shift" in block(kept)
    assert "Ours too: 100 % | <b>." in text(kept)


def test_a_block_that_somebody_edited_is_refused(kept: Repository) -> None:
    kept.write(RUNBOOK, text(kept).replace("| Severity | critical, warning |", "| Severity | none |"))

    done = kept.road("raci", "sync", "--check")

    assert done.exit_code == 1
    assert "says `| Severity | none |`, raci.yml says `| Severity | critical, warning |`" in done.stdout


def test_two_blocks_in_one_runbook_are_refused(kept: Repository) -> None:
    kept.write(RUNBOOK, text(kept) + text(kept))

    done = kept.road("raci", "sync")

    assert done.exit_code == 1
    assert f"{RUNBOOK}:20  OWNERS002  has a second derived block" in done.stderr


def test_one_runbook_for_two_alerts_names_both(kept: Repository) -> None:
    alert = f"- {{name: ErrorBudgetBurns, runbook: {RUNBOOK}}}"
    more = alert.replace("ErrorBudgetBurns", "LatencyBurns")
    kept.write("raci.yml", text(kept, "raci.yml").replace(alert, f"{alert}\n      {more}"))

    kept.road("raci", "sync")

    assert "| ErrorBudgetBurns | |" in block(kept)
    assert "| LatencyBurns | |\n|---|---|\n| Severity | of a rule that is not in monitoring/ |" in block(kept)


def test_the_index_leads_to_every_runbook(kept: Repository) -> None:
    row = "| [ErrorBudgetBurns](<Errors.md>) | critical, warning | MLOps engineer | MLOps engineer |\n"

    assert row in text(kept, INDEX)


def test_without_the_folder_nothing_is_derived(repository: Repository) -> None:
    repository.road("raci", "sync")

    assert not (repository.root / "docs/runbooks").exists()


def test_a_runbook_that_no_alert_leads_to_is_refused(kept: Repository) -> None:
    kept.write("docs/runbooks/Forgotten.md")
    kept.track()

    done = kept.road("raci", "check")

    assert done.exit_code == 1
    assert "docs/runbooks/Forgotten.md  RACI026  no alert leads to this runbook" in done.stdout
    assert "name it as the runbook of an alert in raci.yml" in done.stdout


def test_an_alert_without_its_runbook_is_refused(kept: Repository) -> None:
    (kept.root / RUNBOOK).unlink()

    done = kept.road("raci", "check")

    assert done.exit_code == 1
    assert f"RACI010  Run the service: the runbook {RUNBOOK} of ErrorBudgetBurns is not there" in done.stdout
