"""`road monitor sync`: rules follow the contract and raci.yml, and whoever forgets to derive them is told."""

import json

import pytest
from paved_road.monitoring.alerts import ALERTS
from paved_road.monitoring.files import DASHBOARD, RULES, TESTS

from ..ownership.conftest import Repository


def change(repository: Repository, path: str, old: str, new: str) -> None:
    file = repository.root / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_what_was_written_is_up_to_date(watched: Repository) -> None:
    outcome = watched.road("monitor", "sync", "--check")

    assert outcome.exit_code == 0
    assert outcome.stdout == f"{RULES} is up to date\n{TESTS} is up to date\n{DASHBOARD} is up to date\n"


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        (RULES, "for: 5m", "for: 9h", "says `for: 9h`, contracts/model.yml and raci.yml say `for: 5m`"),
        ("contracts/model.yml", "p99_ms: 60", "p99_ms: 70", 'le="0.06"'),
        ("raci.yml", "{mlops-engineer: RA, data-", "{product-manager: RA, data-", "`owner: mlops-engineer`"),
    ],
)
def test_what_does_not_follow_is_refused_and_sync_mends_it(
    watched: Repository, path: str, old: str, new: str, said: str
) -> None:
    change(watched, path, old, new)

    refused = watched.road("monitor", "sync", "--check")
    mended = watched.road("monitor", "sync")

    assert refused.exit_code == 1
    assert f"{RULES}:" in refused.stdout
    assert "MONITOR002" in refused.stdout
    assert said in refused.stdout
    assert "run `road monitor sync`" in refused.stdout
    assert mended.exit_code == 0
    assert watched.road("monitor", "sync", "--check").exit_code == 0


def test_a_missing_file_is_written(watched: Repository) -> None:
    (watched.root / RULES).unlink()

    refused = watched.road("monitor", "sync", "--check", "--json")
    mended = watched.road("monitor", "sync")

    assert json.loads(refused.stdout)["findings"][0]["fact"] == "is missing"
    assert mended.stdout == f"{RULES} is written\n{TESTS} is up to date\n{DASHBOARD} is up to date\n"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_that_nobody_owns_is_refused(watched: Repository, alert: tuple[str, ...]) -> None:
    change(watched, "raci.yml", f"      - {{name: {alert[0]}, runbook: docs/runbooks/{alert[0]}.md}}\n", "")
    before = (watched.root / RULES).read_bytes()

    outcome = watched.road("monitor", "sync")

    assert outcome.exit_code == 1
    assert f"raci.yml  MONITOR001  the alert {alert[0]} belongs to no activity" in outcome.stderr
    assert f"add {{name: {alert[0]}, runbook: docs/runbooks/{alert[0]}.md}}" in outcome.stderr
    assert (watched.root / RULES).read_bytes() == before
