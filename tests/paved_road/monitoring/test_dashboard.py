"""The dashboard: a panel for each question, expressions that Prometheus reads, and owners that raci.yml names."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road.findings import Problem
from paved_road.monitoring.dashboard import Screen, expressions
from paved_road.monitoring.files import DASHBOARD

from ..ownership.conftest import Repository
from ..serving.serving_examples import REGRESSION, contract
from .conftest import WITH_ALERTS, owners, promtool

LEVEL = {"p95_ms": 30, "p99_ms": 60, "availability": 1.0, "requests_per_second": 50, "max_records": 8}


def screen(text: str = WITH_ALERTS, repository: str = "https://example.com/acme/fraud", **changes: Any) -> str:
    return Screen(contract(**changes), owners(text), repository).text()


def panels(text: str) -> dict[str, Any]:
    return {panel["title"]: panel for panel in json.loads(text)["panels"]}


def test_one_screen_answers_every_question() -> None:
    found = panels(screen())

    assert {"Is it up?", "Is it fast?", "Is it right?", "Is it drifting?", "What version?"} <= found.keys()
    assert {"What does it cost?", "Who owns it?"} <= found.keys()
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in found.values())
    assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in found.values()) <= 26


@pytest.mark.parametrize(
    "changes", [{}, REGRESSION, {"service_level": LEVEL}], ids=["fraud", "value", "never may fail"]
)
def test_prometheus_reads_every_expression(tmp_path: Path, changes: dict[str, Any]) -> None:
    exprs = expressions(screen(**changes))
    rules = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(exprs)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))

    checked = promtool("check", "rules", file)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(exprs)} rules found" in checked.stdout


def test_the_promises_of_the_contract_are_drawn_beside_what_is() -> None:
    found = panels(screen(service_level=LEVEL | {"p99_ms": 70}))

    assert "vector(0.07)" in [target["expr"] for target in found["Is it fast?"]["targets"]]


def test_it_says_whom_every_alert_reaches_and_where_its_runbook_is() -> None:
    said = panels(screen())["Who owns it?"]["options"]["content"]

    runbook = "https://example.com/acme/fraud/blob/main/docs/runbooks/ModelPredictionDrift.md"
    assert f"[ModelPredictionDrift]({runbook})" in said
    assert "| MLOps engineer, @acme/operations, https://example.com/pager |" in said


def test_without_a_repository_alerts_are_named_without_a_link() -> None:
    said = panels(screen(repository=""))["Who owns it?"]["options"]["content"]

    assert "| ModelServiceDown, " in said


def test_the_same_contract_and_owners_give_the_same_bytes() -> None:
    assert screen() == screen()


def test_a_dashboard_that_somebody_edited_is_refused(watched: Repository) -> None:
    file = watched.root / DASHBOARD
    file.write_text(file.read_text().replace('"Is it up?"', '"Up?"'))

    refused, mended = watched.road("monitor", "sync", "--check"), watched.road("monitor", "sync")

    assert refused.exit_code == 1
    assert f"{DASHBOARD}:" in refused.stdout
    assert 'says `"title": "Up?",`' in refused.stdout
    assert (mended.exit_code, watched.road("monitor", "sync", "--check").exit_code) == (0, 0)


def test_without_the_sdk_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("grafana_foundation_sdk")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_foundation_sdk", None)

    with pytest.raises(Problem) as refusal:
        screen()

    (finding,) = refusal.value.findings
    assert finding.code == "MONITOR004"
    assert "paved-road[monitoring]" in finding.remedy
