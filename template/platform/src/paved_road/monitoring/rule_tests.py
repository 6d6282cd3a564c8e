"""``monitoring/rules.test.yml``: for every alert a stream that it fires on, and one on which it stays silent.

Run with `promtool test rules monitoring/rules.test.yml`. Every figure follows from the contract's thresholds.
"""

from typing import Any

from paved_road.monitoring.cases import Cases
from paved_road.monitoring.rules import Owned
from paved_road.monitoring.streams import Case, Firing


def document(owned: Owned) -> dict[str, Any]:
    """The content of the test file."""
    cases = Cases(owned.contract)
    return {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "5m",
        "tests": [_test(case, owned) for case in cases],
    }


def _test(case: Case, owned: Owned) -> dict[str, Any]:
    return {
        "name": case.name,
        "interval": f"{case.every}m",
        "input_series": [{"series": series, "values": values} for series, values in case.series.items()],
        "alert_rule_test": [
            {
                "eval_time": f"{case.at}m",
                "alertname": about.name,
                "exp_alerts": [_expected(firing, owned) for firing in case.fires if firing.rule.alert is about],
            }
            for about in case.about
        ],
    }


def _expected(firing: Firing, owned: Owned) -> dict[str, Any]:
    labels = {**firing.labels, **owned.labels(firing.rule)}
    said = firing.rule.said(firing.value, labels)
    return {"exp_labels": labels, "exp_annotations": owned.annotations(firing.rule) | {"description": said}}
