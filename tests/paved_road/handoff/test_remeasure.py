"""`road handoff verify --remeasure`: what machines share is held against what was handed over."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from paved_road.handoff import profile
from paved_road.handoff.manifest import Resources, load
from paved_road.handoff.verify import verify

from .handoff_examples import Repository


def said(repository: Repository) -> str:
    outcomes = verify(repository.handoff, repository.project, remeasure=True)
    (outcome,) = (outcome for outcome in outcomes if outcome.check == "resources")
    return outcome.said + "".join(f"{finding.code} {finding.fact}\n" for finding in outcome.findings)


def measured_as(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], object]
) -> None:
    data: dict[str, Any] = msgspec.to_builtins(load(repository.handoff).resources)
    change(data)
    again = msgspec.convert(data, Resources)
    monkeypatch.setattr(profile, "measure", lambda folder, golden, contract, key=None: again)


def test_it_is_really_measured_again(repository: Repository) -> None:
    assert "measured again: CPU" in said(repository)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["cpu_ratio"].update(value=data["cpu_ratio"]["value"] * 1.3), "CPU of a request, against"),
        (lambda data: data.update(peak_memory_mib=data["peak_memory_mib"] * 1.3), "peak memory in MiB"),
        (lambda data: data["open"]["latency"].update(p99_ms=5000.0), "p99 latency at the promised rate is 5e+03 ms"),
    ],
)
def test_what_takes_more_than_was_handed_over_is_refused(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    measured_as(repository, monkeypatch, change)

    assert f"RESOURCES001 resources: {message}" in said(repository)


def test_a_little_more_is_no_news(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    measured_as(repository, monkeypatch, lambda data: data["cpu_ratio"].update(value=data["cpu_ratio"]["value"] * 1.2))

    assert "RESOURCES001" not in said(repository)
