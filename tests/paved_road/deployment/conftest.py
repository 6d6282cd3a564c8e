"""A repository whose deployment follows, before its first handoff and after it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from paved_road.handoff.manifest import seal_of

from ..monitoring.conftest import watched as watched
from ..ownership.conftest import Repository
from ..serving.serving_examples import contract, hand_over

QUICK = {"p50_ms": 1.0, "p95_ms": 2.0, "p99_ms": 4.0}
MEASURED: dict[str, Any] = {
    "closed": {"concurrency": 8, "requests": 1000, "seconds": 1.0, "requests_per_second": 900.0, "latency": QUICK},
    "cpu_seconds_per_request": 0.002,
    "peak_memory_mib": 120.0,
    "cold_start_s": 2.0,
}
HandOver = Callable[..., None]


@pytest.fixture
def deployed(watched: Repository) -> Repository:
    """A repository whose deployment follows from its contract."""
    assert watched.road("deploy", "sync").exit_code == 0
    return watched


@pytest.fixture
def hands_over(deployed: Repository) -> HandOver:
    """Hand a model over that was measured so; a figure of None is left out."""

    def hand(**changes: Any) -> None:
        folder = deployed.root / "handoff"
        hand_over(folder, contract())
        data = json.loads((folder / "manifest.json").read_text())
        measured = data["resources"] | MEASURED | changes
        data["resources"] = {name: figure for name, figure in measured.items() if figure is not None}
        (folder / "manifest.json").write_text(json.dumps(data | {"seal": seal_of(data)}))

    return hand
