"""Each promise of the contract beside what was measured, and whether it is kept."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from paved_road.contracts.model import Resources as Budget
from paved_road.contracts.model import ServiceLevel, SuccessMetric
from paved_road.handoff.manifest import Measure, Resources, SliceMeasure
from paved_road.handoff.report import metric_words, words

Verdict = Literal["kept", "close", "broken", "open"]


@dataclass(frozen=True)
class Track:
    """Where a measure and its bound lie on a line, in per cent of its length."""

    value: float
    bound: float
    low: float
    high: float


@dataclass(frozen=True)
class Promise:
    """One line of the verdict.

    Attributes:
        title: what is promised.
        meaning: in plain words.
        because: why this figure, in the words of the contract.
        measured: the figure.
        interval: its 95 % interval, if it has one.
        bound: what was promised.
        verdict: ``close`` is kept by a figure whose interval reaches past the bound; ``open`` was not measured.
        track: for the eye.
    """

    title: str
    meaning: str
    because: str
    measured: str
    interval: str
    bound: str
    verdict: Verdict
    track: Track | None


@dataclass(frozen=True)
class Part:
    """A metric on the rows that share a value of a column."""

    metric: str
    column: str
    value: str
    rows: int
    measured: str
    interval: str
    bound: str
    verdict: Verdict


def quality(wanted: list[SuccessMetric], metrics: Mapping[str, Measure], unit: str | None) -> Iterator[Promise]:
    """Floors and ceilings on the golden dataset, one line each."""
    for promise in wanted:
        found = metrics.get(promise.metric)
        for bound, floor in ((promise.floor, True), (promise.ceiling, False)):
            if bound is None:
                continue
            value, low, high = (found.value, found.low, found.high) if found else (math.nan,) * 3
            yield Promise(
                title=metric_words.title(promise.metric),
                meaning=metric_words.meaning(promise.metric),
                because=promise.because or "",
                measured=metric_words.figure(promise.metric, value, unit),
                interval=_interval(promise.metric, low, high, unit),
                bound=_bound(promise.metric, bound, floor, unit),
                verdict=_verdict(value, low if floor else high, bound, floor),
                track=_track(value, bound, low, high),
            )


def parts(wanted: list[SuccessMetric], metrics: Mapping[str, Measure], unit: str | None) -> Iterator[Part]:
    """Every metric on every slice, with its bound where one was promised."""
    promised = {promise.metric: promise for promise in wanted}
    for metric, found in metrics.items():
        promise = promised.get(metric)
        for column, values in found.slices.items():
            bound = promise.slices.get(column) if promise else None
            floor = promise is not None and promise.floor is not None
            for value, part in values.items():
                measured = math.nan if part.value is None else part.value
                yield Part(
                    metric=metric_words.title(metric),
                    column=column,
                    value=value,
                    rows=part.rows,
                    measured=metric_words.figure(metric, measured, unit),
                    interval=_interval(metric, part.low, part.high, unit),
                    bound="" if bound is None else _bound(metric, bound, floor, unit),
                    verdict=_slice_verdict(part, bound, floor),
                )


def service(level: ServiceLevel, budget: Budget, found: Resources) -> Iterator[Promise]:
    """Speed and resources, one line each."""
    cores = found.cpu_seconds_per_request * level.requests_per_second
    rate = f"at {words.number(level.requests_per_second)} requests per second"
    yield _limit(
        "Latency, p95",
        f"95 of 100 requests are answered within, {rate}.",
        found.open.latency.p95_ms,
        level.p95_ms,
        "ms",
    )
    yield _limit(
        "Latency, p99",
        f"99 of 100 requests are answered within, {rate}.",
        found.open.latency.p99_ms,
        level.p99_ms,
        "ms",
    )
    answered, promised = found.closed.requests_per_second, level.requests_per_second
    said = "The most that one replica answers in a second."
    yield _limit("Throughput", said, answered, promised, "requests/s", floor=True)
    yield _limit("Memory", "Resident memory at its peak.", found.peak_memory_mib, budget.memory_mib, "MiB")
    yield _limit("Processor", f"CPUs that one replica keeps busy {rate}.", cores, budget.cpu_cores, "CPU")
    yield _limit("Cold start", "From start to ready.", found.cold_start_s, budget.cold_start_s, "s")
    said = "Share of requests answered without a fault of ours; it shows in operation."
    available = f"at least {words.unit(words.number(100 * level.availability, 6), '%')}"
    yield Promise("Availability", said, "", "", "", available, "open", None)


def _limit(name: str, said: str, value: float, bound: float, unit: str, floor: bool = False) -> Promise:
    return Promise(
        title=name,
        meaning=said,
        because="",
        measured=words.unit(words.number(value), unit),
        interval="",
        bound=f"{'at least' if floor else 'at most'} {words.unit(words.number(bound), unit)}",
        verdict=_verdict(value, value, bound, floor),
        track=_track(value, bound, 0, value),
    )


def _bound(metric: str, bound: float, floor: bool, unit: str | None) -> str:
    said = words.unit(words.number(bound, 4), metric_words.unit(metric, unit))
    return f"{'at least' if floor else 'at most'} {said}"


def _verdict(value: float, nearest: float, bound: float, floor: bool) -> Verdict:
    def kept(figure: float) -> bool:
        return figure >= bound if floor else figure <= bound

    if not kept(value):  # an undefined figure is not a promise kept
        return "broken"
    return "kept" if kept(nearest) else "close"


def _slice_verdict(part: SliceMeasure, bound: float | None, floor: bool) -> Verdict:
    if part.value is None or bound is None:
        return "open"
    nearest = part.low if floor else part.high
    return _verdict(part.value, part.value if nearest is None else nearest, bound, floor)


def _interval(metric: str, low: float | None, high: float | None, unit: str | None) -> str:
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{metric_words.figure(metric, low, None)} to {metric_words.figure(metric, high, unit)}"


def _track(value: float, bound: float, low: float, high: float) -> Track | None:
    if not all(map(math.isfinite, (value, bound, low, high))):
        return None
    start = min(0.0, value, bound, low)
    end = 1.0 if start >= 0 and max(value, bound, high) <= 1 else max(value, bound, high) * 1.1
    if end <= start:
        return None
    return Track(*(round(100 * (figure - start) / (end - start), 1) for figure in (value, bound, low, high)))
