"""Alert rules of a generated project: right from the first copy, and reaching whom their labels name."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road import project
from paved_road.monitoring import files
from paved_road.monitoring.alerts import ALERTS
from paved_road.ownership import lookup
from paved_road.ownership.raci import load
from tools import needs

Generate = Callable[..., Path]


@pytest.fixture(scope="module", params=["classification", "regression"])
def generated(request: pytest.FixtureRequest, generate: Generate) -> Path:
    return generate(task=request.param, topology="embedded", organization="other-org", project_name="Loss Amounts")


def alerting(root: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load((root / files.RULES).read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def test_the_first_rules_are_byte_for_byte_what_sync_writes(generated: Path) -> None:
    derived = files.derive(project.find(generated))

    assert {path: (generated / path).read_text(encoding="utf-8") for path in (files.RULES, files.TESTS)} == {
        path: derived[path] for path in (files.RULES, files.TESTS)
    }


def test_prometheus_takes_the_rules_and_they_pass_their_tests(generated: Path) -> None:
    tool = needs.program("promtool")

    for what, path in (("check", files.RULES), ("test", files.TESTS)):
        done = subprocess.run([tool, what, "rules", str(generated / path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_raci_and_rules_name_the_same_alerts(generated: Path) -> None:
    owned = {alert.name: alert.runbook for _, alert in lookup.alerts(load(generated / "raci.yml"))}

    assert owned == {alert.name: alert.runbook for alert in ALERTS}
    assert {rule["alert"] for rule in alerting(generated)} == set(owned)
    assert all((generated / runbook).is_file() for runbook in owned.values())


def test_an_alert_reaches_the_owner_on_its_label_first(generated: Path) -> None:
    config = generated / "monitoring/alertmanager.yml"
    routes = {
        route["matchers"][0].split('"')[1]: route["receiver"]
        for route in yaml.safe_load(config.read_text(encoding="utf-8"))["route"]["routes"]
    }
    roles = load(generated / "raci.yml").roles

    for rule in alerting(generated):
        labels = rule["labels"]
        assert routes[rule["alert"]] == labels["owner"]
        assert labels["owner"] in roles and labels["accountable"] in roles
        command = [needs.program("amtool"), "config", "routes", "test", f"--config.file={config}"]
        done = subprocess.run([*command, f"alertname={rule['alert']}"], capture_output=True, text=True, check=True)
        assert labels["owner"] in done.stdout.strip().split(",")
