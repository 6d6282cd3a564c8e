"""A contract, its owners, and Prometheus' own tool to try its rules with."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road import documents
from paved_road.contracts.model import ModelContract
from paved_road.monitoring import files
from paved_road.monitoring.alerts import ALERTS
from paved_road.monitoring.rules import Owned
from paved_road.ownership.raci import Raci, read
from tools import needs

from ..handoff.conftest import built as built
from ..ownership.conftest import MATRIX, Repository
from ..serving.serving_examples import CLASSIFICATION, contract

WITH_ALERTS = MATRIX.replace(
    "      - {name: ErrorBudgetBurns, runbook: docs/errors.md}\n",
    "".join(f"      - {{name: {alert.name}, runbook: {alert.runbook}}}\n" for alert in ALERTS),
)
HOURLY = {"monitoring": {"window": "1h"}}
"""Keeps promtool's clock short."""


def owners(text: str = WITH_ALERTS) -> Raci:
    return read(documents.parse(text, "raci.yml", "RACI015"))


def owned(of: ModelContract | None = None, text: str = WITH_ALERTS) -> Owned:
    return Owned(of or contract(**HOURLY), owners(text), "https://example.com/acme/fraud")


def written(folder: Path, of: Owned) -> tuple[Path, Path]:
    """The rules and their tests, as files."""
    for path, text in files.texts(of).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    return folder / files.RULES, folder / files.TESTS


def promtool(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([needs.program("promtool"), *map(str, arguments)], capture_output=True, text=True)


def only(tests: Path, alert: str) -> Path:
    """Only the tests that look for one alert."""
    document: dict[str, Any] = yaml.safe_load(tests.read_text())
    kept = [test for test in document["tests"] if any(a["alertname"] == alert for a in test["alert_rule_test"])]
    tests.write_text(yaml.safe_dump(document | {"tests": kept}))
    return tests


def one_each(tests: Path, alert: str) -> Path:
    """Only the first test on which an alert fires, and the first on which it stays silent."""
    document: dict[str, Any] = yaml.safe_load(tests.read_text())
    kept: dict[bool, Any] = {}
    for test in document["tests"]:
        for about in test["alert_rule_test"]:
            if about["alertname"] == alert:
                kept.setdefault(bool(about["exp_alerts"]), test)
    tests.write_text(yaml.safe_dump(document | {"tests": [kept[True], kept[False]]}))
    return tests


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    """A repository whose rules follow from its contract."""
    here = Repository(tmp_path.resolve(), monkeypatch, capsys)
    here.write(
        "pyproject.toml", '[tool.paved-road]\npackage = "fraud"\nrepository = "https://example.com/acme/fraud"\n'
    )
    here.write("raci.yml", WITH_ALERTS)
    here.write("contracts/model.yml", yaml.safe_dump({k: v for k, v in CLASSIFICATION.items() if v is not None}))
    assert here.road("monitor", "sync").exit_code == 0
    return here
