"""Rules speak of nothing that nobody reports: every name and label in them is one of the server's, or of
`road monitor performance`."""

import re

import numpy as np
import pytest
from paved_road.contracts.api import PREDICT
from paved_road.handoff import manifest
from paved_road.monitoring import performance
from paved_road.monitoring.labelled import Labelled
from paved_road.serving.app import Service
from paved_road.serving.exposition import Exposition
from prometheus_client import CollectorRegistry, generate_latest

from ..handoff.handoff_examples import Repository as Handed
from .conftest import owned

SELECTED = re.compile(r"\b((?:model|http|process)_\w+)(?:\{([^}]*)\})?")


@pytest.fixture(scope="module")
def reported(built: Handed) -> dict[str, set[str]]:
    """Names of all metrics, each with its labels."""
    evidence = manifest.load(built.handoff)
    promise, counts, registry = evidence.contract.promise, Exposition({PREDICT}, int, int), CollectorRegistry()
    counts.of(evidence).request(PREDICT, "POST", 200, 0.01)
    registry.register(counts)
    found = Labelled(np.arange(2000) % 2, np.tile([0.4, 0.6], (2000, 1)), False, 2000, 1.7e9)
    measured = performance.measure(found, evidence, {})
    text = generate_latest(registry) + performance.exposed(measured, found, promise, evidence.version)
    lines = re.findall(r"^(\w+)(?:\{(.*)\})? ", text.decode(), re.MULTILINE)
    return {name: set(re.findall(r'(\w+)="', labels)) for name, labels in lines}


def test_every_name_and_label_in_the_rules_is_reported(reported: dict[str, set[str]], built: Handed) -> None:
    promise = manifest.load(built.handoff).contract.promise
    rules = [rule["expr"] for group in owned(promise).document()["groups"] for rule in group["rules"]]

    used = [found for expr in rules for found in SELECTED.findall(re.sub(r"model:\w[\w:]*", "", expr))]

    assert len(used) > 40
    for name, selected in used:
        assert name in reported
        assert set(re.findall(r"(\w+)=~?\"", selected)) <= reported[name], (name, selected)


def test_latency_is_read_off_a_bucket_that_the_server_has(built: Handed) -> None:
    promise = manifest.load(built.handoff).contract.promise
    service = Service(manifest.load(built.handoff))
    service.metrics.request(PREDICT, "POST", 200, 0.01)

    asked = set(re.findall(r'le="([^"]+)"', str(owned(promise).document())))

    assert asked == {"0.5", "0.9"}
    assert all(f'le="{bound}"' in service.metrics.render().decode() for bound in asked)
