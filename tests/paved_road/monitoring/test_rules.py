"""Every alert fires when it should and stays silent when it should: Prometheus' own tool says so."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road.findings import Problem
from paved_road.monitoring import burn, rule_tests
from paved_road.monitoring.alerts import ALERTS, Alert
from paved_road.monitoring.rules import Owned

from ..serving.serving_examples import REGRESSION, contract
from .conftest import HOURLY, WITH_ALERTS, one_each, only, owned, promtool, written

LEVEL = {"p95_ms": 30, "p99_ms": 60, "availability": 0.999, "requests_per_second": 50, "max_records": 8}


def alerting(of: Owned) -> list[dict[str, Any]]:
    """Every alerting rule, as Prometheus reads it."""
    return [rule for group in of.document()["groups"] for rule in group["rules"] if "alert" in rule]


@pytest.mark.parametrize(
    "of",
    [
        owned(contract(**HOURLY)),
        owned(contract(REGRESSION, **HOURLY, service_level=LEVEL | {"p95_ms": 1000, "p99_ms": 2500})),
        owned(contract(**HOURLY, service_level=LEVEL | {"availability": 0.84})),
        owned(contract(**HOURLY, service_level=LEVEL | {"availability": 1.0})),
        owned(
            contract(
                monitoring={
                    "window": "6h",
                    "data_psi": 5,
                    "minimum_sample": 1,
                    "performance_drop": 0.9,
                    "cost_ratio": 50,
                },
                resources={"cpu_cores": 16, "memory_mib": 60_000, "cold_start_s": 3},
            )
        ),
    ],
    ids=["classification", "regression", "hardly promised", "never may fail", "lenient"],
)
def test_the_tests_of_a_contract_pass(of: Owned, tmp_path: Path) -> None:
    rules, tests = written(tmp_path, of)

    checked, tried = promtool("check", "rules", rules), promtool("test", "rules", tests)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert tried.returncode == 0, tried.stdout + tried.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_every_alert_has_a_test_that_fires_and_one_that_stays_silent(alert: Alert) -> None:
    looked = [about for test in rule_tests.document(owned())["tests"] for about in test["alert_rule_test"]]
    expected = [bool(about["exp_alerts"]) for about in looked if about["alertname"] == alert.name]

    assert set(expected) == {True, False}


@pytest.mark.parametrize("broken", ["vector(1)", "vector(1) > 2"], ids=["always", "never"])
@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_a_rule_that_always_or_never_fires_fails_its_tests(alert: Alert, broken: str, tmp_path: Path) -> None:
    rules, tests = written(tmp_path, owned())
    document = yaml.safe_load(rules.read_text())
    for group in document["groups"]:
        for rule in group["rules"]:
            if rule.get("alert") == alert.name:
                rule["expr"] = broken
    rules.write_text(yaml.safe_dump(document))

    tried = promtool("test", "rules", one_each(tests, alert.name))

    assert tried.returncode == 1
    assert f"alertname: {alert.name}" in tried.stdout + tried.stderr


def edited(rules: Path, old: str, new: str) -> None:
    text = rules.read_text()
    assert old in text
    rules.write_text(text.replace(old, new))


EACH = "by (model, version, field"
WRONG = [
    ("ModelLatencyBurn", 'rate1h{model="card-fraud"} > 0.144', 'rate1h{model="card-fraud"} > 0.9'),
    ("ModelLatencyBurn", 'rate6h{model="card-fraud"} > 0.06', 'rate6h{model="card-fraud"} > 0.9'),
    ("ModelLatencyBurn", "model:http_slower_than_p99:ratio_rate30m > 0.06", "vector(1)"),
    ("ModelInputDrift", "and model:input_rows >= 1000", ""),
    ("ModelInputDrift", f"sum {EACH}, bin) (increase", f"max {EACH}, bin) (increase"),
    ("ModelPredictionDrift", 'model_prediction_psi_null{model="card-fraud"}', "0 * model_prediction_psi_null"),
    ("ModelPerformanceDrop", "and model_performance_drop_certain > 0", ""),
    ("ModelPerformanceDrop", "and on (model, version) model_info", ""),
    ("ModelCostHigh", "and avg(", "or avg("),
]


@pytest.mark.parametrize(("alert", "old", "new"), WRONG)
def test_a_rule_that_is_a_little_wrong_fails_its_tests(alert: str, old: str, new: str, tmp_path: Path) -> None:
    rules, tests = written(tmp_path, owned())
    edited(rules, old, new)

    tried = promtool("test", "rules", only(tests, alert))

    assert tried.returncode == 1, tried.stdout


def test_a_broken_expression_is_refused(tmp_path: Path) -> None:
    rules, _ = written(tmp_path, owned())
    edited(rules, "absent(model_info", "absent((model_info")

    checked = promtool("check", "rules", rules)

    assert checked.returncode == 1
    assert "could not parse expression" in checked.stdout + checked.stderr


def test_at_2_am_a_slow_and_much_worse_model_fires_both_alerts_and_no_other() -> None:
    night = next(test for test in rule_tests.document(owned())["tests"] if test["name"].startswith("2 a.m."))

    fires = {about["alertname"]: len(about["exp_alerts"]) for about in night["alert_rule_test"]}
    drop = next(line for line in night["input_series"] if line["series"].startswith("model_performance_drop{"))

    assert fires == {"ModelLatencyBurn": 2, "ModelPerformanceDrop": 1, "ModelAvailabilityBurn": 0, "ModelInputDrift": 0}
    assert drop["values"].startswith("0.15+")


def test_every_alert_says_whose_it_is_how_urgent_and_what_to_do() -> None:
    text = WITH_ALERTS.replace("{mlops-engineer: RA, data-scientist: C}", "{product-manager: A, mlops-engineer: R}")

    for rule in alerting(owned(text=text)):
        assert rule["labels"]["owner"] == "mlops-engineer"
        assert rule["labels"]["accountable"] == "product-manager"
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["runbook_url"].startswith("https://example.com/acme/fraud/blob/main/docs/runbooks/")


def test_a_runbook_elsewhere_is_linked_as_it_is() -> None:
    text = WITH_ALERTS.replace("docs/runbooks/ModelStale.md", "https://example.com/wiki/stale")

    (stale,) = [rule for rule in alerting(owned(text=text)) if rule["alert"] == "ModelStale"]

    assert stale["annotations"]["runbook_url"] == "https://example.com/wiki/stale"


def test_data_prediction_and_model_shift_are_told_apart() -> None:
    shifts = {rule["alert"]: rule["labels"]["shift"] for rule in alerting(owned()) if "shift" in rule["labels"]}

    assert shifts == {"ModelInputDrift": "data", "ModelPredictionDrift": "prediction", "ModelPerformanceDrop": "model"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"monitoring": {"data_psi": 7}}, "no distribution shifts by a data_psi of 7"),
        ({"service_level": LEVEL | {"availability": 0.5}}, "availability 0.5 leaves no budget"),
    ],
)
def test_a_threshold_that_nothing_could_exceed_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem) as caught:
        owned(contract(**changes)).document()

    assert caught.value.findings[0].code == "MONITOR003"
    assert said in caught.value.findings[0].fact


def test_burn_rates_are_those_of_the_workbook() -> None:
    budgets = {objective.name: objective.budget for objective in burn.objectives(contract().service_level)}

    assert budgets == {"availability": 0.001, "p99": 0.01, "p95": 0.05}
    assert [(each.factor, each.long, each.short) for each in burn.WINDOWS] == [
        (14.4, "1h", "5m"), (6, "6h", "30m"), (3, "1d", "2h"), (1, "3d", "6h"),
    ]  # fmt: skip
