"""A model contract that contradicts itself is refused, at its line."""

import pytest
from paved_road.contracts import model
from paved_road.findings import Problem

from .contracts_examples import text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1.0.0", "version: one", "version"),
        ("target: is_fraud", "targets: is_fraud", "targets"),
        ("p95_ms: 50", "p95_ms: 500", "p95_ms is above p99_ms"),
        ("threshold: 0.7", "# threshold: 0.7", "two classes without a threshold"),
        ("metric: recall", "metric: recal", "recal is not a metric"),
        ("maximum: 20040", "maximum: -1", "minimum is above maximum"),
        ("name: local_hour", "name: amount", "amount is there twice"),
        ("name: local_hour", "name: is_fraud", "is_fraud is the target"),
        ("slices: {channel: 0.3}", "slices: {planet: 0.3}", "planet is not a slice"),
        ("gives: label", "gives: value", "does not give a value"),
        ("task: classification", "task: [", "is not YAML"),
        ("task: classification", "task: classification\ntask: regression", "written twice"),
        ("task: classification", "1: classification", "is not text"),
    ],
)
def test_a_broken_contract_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    broken = text("classification")
    assert old in broken

    with pytest.raises(Problem) as refusal:
        model.parse(broken.replace(old, new, 1))

    assert message in str(refusal.value)
    assert all(finding.path == model.PATH for finding in refusal.value.findings)
