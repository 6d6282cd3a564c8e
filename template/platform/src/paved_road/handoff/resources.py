"""Part 5: whether what the model takes keeps the contract, and whether it takes as much on another machine."""

from collections.abc import Iterator

from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding
from paved_road.handoff.manifest import PATH, Resources

CPU_SLACK = 1.25
"""How much more CPU a re-measurement may take, against the calibration: machines differ in more than speed."""
MEMORY_SLACK = 1.2


def check(resources: Resources, contract: ModelContract) -> Iterator[Finding]:
    """Every promise of `service_level` and `resources` that the measures do not keep."""
    level, budget = contract.service_level, contract.resources
    cores = resources.cpu_seconds_per_request * level.requests_per_second
    for name, measured, promised, unit in (
        ("p95 latency at the promised rate", resources.open.latency.p95_ms, level.p95_ms, "ms"),
        ("p99 latency at the promised rate", resources.open.latency.p99_ms, level.p99_ms, "ms"),
        ("peak memory", resources.peak_memory_mib, budget.memory_mib, "MiB"),
        ("cold start", resources.cold_start_s, budget.cold_start_s, "s"),
        ("CPU at the promised rate", cores, budget.cpu_cores, "cores"),
    ):
        if measured > promised:
            yield _finding(f"{name} is {measured:.3g} {unit}, and contracts/model.yml promises {promised:g}")
    if resources.closed.requests_per_second < level.requests_per_second:
        yield _finding(
            f"one replica answers {resources.closed.requests_per_second:.0f} requests per second, "
            f"and contracts/model.yml promises {level.requests_per_second:g}"
        )


def compare(handed: Resources, again: Resources) -> Iterator[Finding]:
    """What a re-measurement on this machine finds worse than what was handed over, in figures that machines share."""
    for name, before, now, slack in (
        ("CPU of a request, against the calibration,", handed.cpu_ratio.value, again.cpu_ratio.value, CPU_SLACK),
        ("peak memory in MiB", handed.peak_memory_mib, again.peak_memory_mib, MEMORY_SLACK),
    ):
        if now > before * slack:
            yield _finding(f"{name} is {now:.3g} here, and {before:.3g} was handed over ({slack:g} times is allowed)")


def _finding(fact: str) -> Finding:
    return Finding(
        code="RESOURCES001", fact=f"resources: {fact}", remedy="make it leaner, or agree on another", path=PATH
    )
