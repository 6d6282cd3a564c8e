"""A server's size follows from what was measured, and never leaves what its contract grants."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paved_road.deployment.sizing import Size, size
from paved_road.handoff.manifest import Resources

from ..serving.serving_examples import CLASSIFICATION, contract
from .conftest import MEASURED, QUICK

SLOW = QUICK | {"p99_ms": 500.0}
LEVEL = CLASSIFICATION["service_level"]


def measured(**changes: Any) -> Resources:
    rest = {"open": MEASURED["closed"], "steady_memory_mib": 100.0, "machine": {}}
    ratio = {"value": 1.0, "spread": 0.1, "rounds": 12}
    return msgspec.convert(MEASURED | rest | {"cpu_ratio": ratio} | changes, Resources)


def sized(profile: Resources | None = None, cores: float = 4, memory: float = 512, **level: Any) -> Size:
    budget = {"cpu_cores": cores, "memory_mib": memory, "cold_start_s": 10}
    return size(contract(resources=budget, service_level=LEVEL | level), profile)


def test_before_anything_was_measured_a_server_asks_for_what_the_contract_grants() -> None:
    assert sized() == Size(cores=4, memory_mib=512, most_memory_mib=512, busy=1 / 1.5, fewest=2, most=6, start_s=60)


@pytest.mark.parametrize(
    ("changes", "cores", "memory"),
    [
        ({}, 0.5, 256),
        ({"cpu_seconds_per_request": 0.02, "peak_memory_mib": 300.0}, 1.5, 450),
        ({"cpu_seconds_per_request": 0.075, "peak_memory_mib": 500.0}, 4, 512),
    ],
    ids=["small", "half as much again as measured", "no more than granted"],
)
def test_what_was_measured_is_asked_for_with_room(changes: dict[str, Any], cores: float, memory: int) -> None:
    asked = sized(measured(**changes))

    assert (asked.cores, asked.memory_mib, asked.most_memory_mib) == (cores, memory, 512)


@pytest.mark.parametrize(
    ("changes", "busy"),
    [
        ({}, 1 / 1.5),  # 900 a second take more than the half core that is asked for
        ({"closed": MEASURED["closed"] | {"requests_per_second": 100.0}}, 0.4 / 1.5),
        ({"closed": MEASURED["closed"] | {"latency": SLOW}}, 0.2 / 1.5),  # only the promised 50 are known to be quick
        ({"closed": MEASURED["closed"] | {"latency": SLOW}, "cpu_seconds_per_request": 0.0001}, 0.1),
    ],
    ids=["kept at full load", "kept up to a rate", "kept at the promised rate", "hardly any work"],
)
def test_a_replica_is_added_before_one_leaves_what_was_seen_to_keep_the_service_level(
    changes: dict[str, Any], busy: float
) -> None:
    assert sized(measured(**changes)).busy == pytest.approx(busy)


def test_four_nines_take_a_replica_more() -> None:
    asked = sized(availability=0.9999)

    assert (asked.fewest, asked.most) == (3, 9)


def test_a_slow_start_is_waited_for() -> None:
    slow = contract(resources={"cpu_cores": 1, "memory_mib": 512, "cold_start_s": 90})

    assert size(slow, None).start_s == 270


@given(
    cpu=st.floats(1e-5, 10),
    memory=st.floats(1, 1e5),
    rate=st.floats(0.1, 1e5),
    cores=st.floats(0.05, 64),
    granted=st.floats(32, 1e5),
)
def test_no_size_leaves_what_is_granted(cpu: float, memory: float, rate: float, cores: float, granted: float) -> None:
    closed = MEASURED["closed"] | {"requests_per_second": rate}

    asked = sized(measured(cpu_seconds_per_request=cpu, peak_memory_mib=memory, closed=closed), cores, granted)

    assert 0 < asked.cores <= cores
    assert 0 < asked.memory_mib <= asked.most_memory_mib <= granted
    assert 0.1 <= asked.busy <= 1 / 1.5
