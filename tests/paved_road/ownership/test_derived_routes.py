"""Alertmanager tells the responsible role at once, and the accountable one if an alert lasts."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs

from .conftest import Matrix, Repository

ROUTES = "monitoring/alertmanager.yml"
LETTERS = "letters: {mlops-engineer: RA, data-scientist: C}"


@pytest.fixture
def matrix(matrix: Matrix) -> Matrix:
    """The same, with somebody to reach in every role."""
    return matrix.but('team: "@acme/product"', 'team: "@acme/product"\n    contact: "#product"')


@pytest.fixture
def watched(repository: Repository) -> Repository:
    """A repository that has monitoring, in step with its matrix."""
    repository.write("monitoring/rules.yml")
    assert repository.road("raci", "sync").exit_code == 0
    return repository


def routes(repository: Repository) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((repository.root / ROUTES).read_text(encoding="utf-8"))
    return loaded


def amtool(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([needs.program("amtool"), *arguments], capture_output=True, text=True)


def reached(file: Path, alert: str, *receivers: str) -> "subprocess.CompletedProcess[str]":
    """Let Alertmanager's own tool say whom an alert reaches, and hold that against `receivers`."""
    label = f"alertname={json.dumps(alert, ensure_ascii=False)}"
    return amtool(
        "config", "routes", "test", f"--config.file={file}", f"--verify.receivers={','.join(receivers)}", label
    )


def test_alertmanager_takes_the_configuration(watched: Repository) -> None:
    done = amtool("check-config", str(watched.root / ROUTES))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("letters", "receivers"),
    [
        ("{mlops-engineer: RA}", ["mlops-engineer"]),
        ("{product-manager: A, mlops-engineer: R}", ["mlops-engineer", "product-manager"]),
        (
            "{product-manager: A, data-scientist: R, mlops-engineer: R}",
            ["data-scientist", "mlops-engineer", "product-manager"],
        ),
        ("{mlops-engineer: RA, product-manager: R, data-scientist: I}", ["mlops-engineer", "product-manager"]),
    ],
)
def test_an_alert_reaches_whoever_is_responsible_and_whoever_is_accountable(
    watched: Repository, matrix: Matrix, letters: str, receivers: list[str]
) -> None:
    watched.write("raci.yml", matrix.but(LETTERS, f"letters: {letters}").text)
    outcome = watched.road("raci", "sync")

    done = reached(watched.root / ROUTES, "ErrorBudgetBurns", *receivers)

    assert outcome.exit_code == 0, outcome.stderr
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_accountable_role_is_told_only_if_the_alert_lasts(watched: Repository, matrix: Matrix) -> None:
    watched.write("raci.yml", matrix.but(LETTERS, "letters: {product-manager: A, mlops-engineer: R}").text)
    watched.road("raci", "sync")

    (route,) = routes(watched)["route"]["routes"]

    assert route["routes"] == [
        {"receiver": "mlops-engineer", "continue": True},
        {"receiver": "product-manager", "group_wait": "30m"},
    ]
    assert routes(watched)["route"]["group_wait"] == "30s"


def test_an_alert_that_lasts_goes_up_to_the_role_that_the_accountable_one_escalates_to(
    watched: Repository, matrix: Matrix
) -> None:
    contact = "contact: https://example.com/pager"
    up = matrix.but(contact, f"{contact}\n    escalates_to: product-manager")
    watched.write("raci.yml", up.but(LETTERS, "letters: {data-scientist: R, mlops-engineer: A}\n    exception: x").text)
    outcome = watched.road("raci", "sync")

    (route,) = routes(watched)["route"]["routes"]
    done = reached(watched.root / ROUTES, "ErrorBudgetBurns", "data-scientist", "mlops-engineer", "product-manager")

    assert outcome.exit_code == 0, outcome.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert [step.get("group_wait") for step in route["routes"]] == [None, "30m", "60m"]
    chart = (watched.root / "docs/ownership.md").read_text(encoding="utf-8")
    assert "| Data scientist | MLOps engineer, then Product manager |" in chart


@pytest.mark.parametrize("name", ['say "x"', "a{b=~c,d}", "back\\slash", "日本 | x", "it's # odd: [y]", ".*"])
def test_an_alert_is_found_by_its_exact_name(watched: Repository, matrix: Matrix, name: str) -> None:
    watched.write("raci.yml", matrix.but("name: ErrorBudgetBurns", f"name: {json.dumps(name)}").text)
    watched.road("raci", "sync")

    (route,) = routes(watched)["route"]["routes"]
    done = reached(watched.root / ROUTES, name, "mlops-engineer")

    assert amtool("check-config", str(watched.root / ROUTES)).returncode == 0
    assert done.returncode == 0, done.stdout + done.stderr
    assert "=~" not in route["matchers"][0].replace(name, "")


def test_an_alert_that_nobody_named_reaches_whoever_answers_for_deploy(watched: Repository) -> None:
    done = reached(watched.root / ROUTES, "Unheard", "mlops-engineer")

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tool_would_notice_an_alert_that_goes_elsewhere(watched: Repository) -> None:
    done = reached(watched.root / ROUTES, "ErrorBudgetBurns", "product-manager")

    assert done.returncode == 1
    assert "Expected receivers did not match resolved receivers" in done.stdout + done.stderr


def test_no_address_is_written_into_the_file(watched: Repository) -> None:
    (receiver,) = routes(watched)["receivers"]

    assert receiver["slack_configs"][0]["api_url_file"] == "/etc/alertmanager/secrets/mlops-engineer/slack-url"
    (pager,) = receiver["pagerduty_configs"]
    assert pager["routing_key_file"] == "/etc/alertmanager/secrets/mlops-engineer/pagerduty-key"
    assert "http" not in (watched.root / ROUTES).read_text(encoding="utf-8")


def test_check_refuses_routes_that_lag_behind(watched: Repository, matrix: Matrix) -> None:
    watched.write("raci.yml", matrix.but("name: ErrorBudgetBurns", "name: Slow").text)

    outcome = watched.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert f"{ROUTES}:11  OWNERS001  says `- matchers: [" in outcome.stdout
    assert "run `road raci sync`" in outcome.stdout
