"""What a canary must keep, asked of Prometheus' own engine: it is judged by its own pods, and by the contract."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road.deployment import canary
from paved_road.findings import Problem
from tools import needs

from ..serving.serving_examples import CLASSIFICATION, contract

HOURLY = {"monitoring": {"window": "1h", "minimum_sample": 100}}
LEVEL = CLASSIFICATION["service_level"]


def measured() -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in canary.template(contract(**HOURLY))["spec"]["metrics"]}


def query(name: str) -> str:
    text: str = measured()[name]["provider"]["prometheus"]["query"]
    return text.replace("{{args.canary}}", "new")


def asked(pods: str, status: str = "200", each_minute: int = 600) -> dict[str, str]:
    """Requests that were answered, a minute."""
    labels = f'model="card-fraud",version="1.{pods}",route="/v1/predict",rollouts_pod_template_hash="{pods}"'
    return {"series": f'http_requests_total{{{labels},status="{status}"}}', "values": f"0+{each_minute}x20"}


def timed(pods: str, within: int, le: str) -> list[dict[str, str]]:
    """Of 600 requests a minute those that were answered within a bound."""
    labels = f'model="card-fraud",version="1.{pods}",route="/v1/predict",rollouts_pod_template_hash="{pods}"'
    name = "http_request_duration_seconds"
    return [
        {"series": f'{name}_bucket{{{labels},le="{le}"}}', "values": f"0+{within}x20"},
        {"series": f"{name}_count{{{labels}}}", "values": "0+600x20"},
    ]


def drifted(pods: str, psi: float, rows: int) -> list[dict[str, str]]:
    """What is recorded of a version that these pods serve."""
    of = f'model="card-fraud",version="1.{pods}"'
    of_field = f'{{{of},field="fraud_probability"}}'
    return [
        {"series": f"model:prediction:psi{of_field}", "values": f"{psi}x20"},
        {"series": f"model:prediction:psi_threshold{of_field}", "values": "0.2x20"},
        {"series": f"model:prediction_rows{of_field}", "values": f"{rows}x20"},
        {"series": f'model_info{{{of},rollouts_pod_template_hash="{pods}"}}', "values": "1x20"},
    ]


def answer(folder: Path, name: str, series: list[dict[str, str]], labels: str, value: float | None) -> str:
    """What promtool says when a query gives something else; nothing when it gives that value, or no sample for None."""
    samples = [] if value is None else [{"labels": labels, "value": value}]
    test = {"expr": query(name), "eval_time": "10m", "exp_samples": samples}
    tests = {"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [test]}]}
    (folder / "test.yml").write_text(yaml.safe_dump(tests))
    command = [needs.program("promtool"), "test", "rules", str(folder / "test.yml")]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    ("series", "value"),
    [
        ([asked("new"), asked("old")], 0.0),
        ([asked("new"), asked("old", "500")], 0.0),
        ([asked("new", each_minute=300), asked("new", "500", 300), asked("old")], 0.5),
        ([asked("new", "500"), asked("old")], 1.0),
        ([asked("old")], None),
    ],
    ids=["all is well", "only the old one fails", "half of the new fails", "all of the new fails", "nobody asks it"],
)
def test_failed_requests_of_the_canary_count_and_no_others(
    series: list[dict[str, str]], value: float | None, tmp_path: Path
) -> None:
    assert answer(tmp_path, "availability", series, '{model="card-fraud"}', value) == ""


@pytest.mark.parametrize(("name", "le"), [("p95", "0.03"), ("p99", "0.06")])
@pytest.mark.parametrize(("new", "old", "value"), [(600, 0, 0.0), (300, 600, 0.5)], ids=["quick", "slow"])
def test_slow_requests_of_the_canary_count_and_no_others(
    name: str, le: str, new: int, old: int, value: float, tmp_path: Path
) -> None:
    series = timed("new", new, le) + timed("old", old, le)

    assert answer(tmp_path, name, series, '{model="card-fraud"}', value) == ""


@pytest.mark.parametrize(
    ("series", "value"),
    [
        (drifted("new", 0.1, 1000) + drifted("old", 0.1, 1000), 0),
        (drifted("new", 0.3, 1000) + drifted("old", 0.1, 1000), 1),
        (drifted("new", 0.1, 1000) + drifted("old", 0.3, 1000), 0),
        (drifted("new", 0.3, 99), 0),
        ([], 0),
    ],
    ids=["as handed over", "the new drifts", "the old drifts", "too few rows", "nothing yet"],
)
def test_drift_of_the_version_that_the_canary_serves_counts_and_of_no_other(
    series: list[dict[str, str]], value: float, tmp_path: Path
) -> None:
    assert answer(tmp_path, "prediction-drift", series, "{}", value) == ""


def test_thresholds_are_the_contracts() -> None:
    strict = canary.template(contract(service_level=LEVEL | {"availability": 0.9995}))

    conditions = {each["name"]: each["failureCondition"] for each in strict["spec"]["metrics"]}

    assert conditions == {
        "availability": "len(result) > 0 && result[0] > 0.0005",
        "p99": "len(result) > 0 && result[0] > 0.01",
        "p95": "len(result) > 0 && result[0] > 0.05",
        "prediction-drift": "len(result) > 0 && result[0] > 0",
    }


def test_a_figure_is_good_or_bad_and_no_figure_is_neither() -> None:
    for each in measured().values():
        good, bad = each["successCondition"], each["failureCondition"]

        assert good == bad.replace("] >", "] <=")
        assert good.startswith("len(result) > 0 && ")
        assert each["failureLimit"] < each["count"]


def test_a_promise_that_leaves_nothing_to_watch_is_refused() -> None:
    with pytest.raises(Problem, match="leaves no budget whose burning could be noticed"):
        canary.template(contract(service_level=LEVEL | {"availability": 0.5}))
