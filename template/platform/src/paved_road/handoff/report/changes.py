"""What changed since the handoff before. An older manifest may lack what this one has, so both are read tolerantly."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from paved_road.handoff.report import metric_words, words


class _Loose(msgspec.Struct, frozen=True, kw_only=True):
    """Reads what it knows and leaves the rest."""


class _Promise(_Loose, frozen=True, kw_only=True):
    version: str


class _Contract(_Loose, frozen=True, kw_only=True):
    promise: _Promise


class _File(_Loose, frozen=True, kw_only=True):
    sha256: str
    size: int


class _Origin(_Loose, frozen=True, kw_only=True):
    rows: int
    framework: str


class _Artifact(_Loose, frozen=True, kw_only=True):
    file: _File
    origin: _Origin


class _Package(_Loose, frozen=True, kw_only=True):
    name: str
    version: str
    marker: str = ""


class _Dependencies(_Loose, frozen=True, kw_only=True):
    python: str
    packages: list[_Package]


class _Measure(_Loose, frozen=True, kw_only=True):
    value: float


class _Baseline(_Loose, frozen=True, kw_only=True):
    golden: _File
    rows: int
    metrics: dict[str, _Measure]


class _Latency(_Loose, frozen=True, kw_only=True):
    p50_ms: float
    p95_ms: float
    p99_ms: float


class _Load(_Loose, frozen=True, kw_only=True):
    requests_per_second: float
    latency: _Latency


class _CpuRatio(_Loose, frozen=True, kw_only=True):
    value: float


class _Resources(_Loose, frozen=True, kw_only=True):
    """What an older platform did not measure is none."""

    open: _Load | None = None
    closed: _Load | None = None
    cpu_ratio: _CpuRatio | None = None
    peak_memory_mib: float | None = None
    cold_start_s: float | None = None


class Snapshot(_Loose, frozen=True, kw_only=True):
    """What of a manifest is compared with another."""

    created_at: str
    contract: _Contract
    artifact: _Artifact
    dependencies: _Dependencies
    baseline: _Baseline
    resources: _Resources


class Change(msgspec.Struct, frozen=True):
    """One thing, before and now.

    Attributes:
        what: the thing.
        before: what it was.
        now: what it is.
        said: the difference in words.
        tone: ``better``, ``worse``, ``changed`` or ``same``.
    """

    what: str
    before: str
    now: str
    said: str
    tone: str


def snapshot(data: Any) -> Snapshot | None:
    """A manifest's content as it is compared; none if it is too different to be."""
    try:
        return msgspec.convert(data, Snapshot)
    except msgspec.ValidationError:
        return None


def compare(before: Snapshot, now: Snapshot, unit: str | None) -> list[Change]:
    """The versions, the metrics and what it takes; the packages have `packages`."""
    return [
        _text("Contract version", before.contract.promise.version, now.contract.promise.version),
        _text("Model file", before.artifact.file.sha256[:12], now.artifact.file.sha256[:12]),
        _text("Golden dataset", _golden(before), _golden(now)),
        *_metrics(before, now, unit),
        _figure("Rows trained on", before.artifact.origin.rows, now.artifact.origin.rows, "{:,.0f}".format),
        _text("Trained with", before.artifact.origin.framework, now.artifact.origin.framework),
        _text("Python", before.dependencies.python, now.dependencies.python),
        _figure("Model size", before.artifact.file.size, now.artifact.file.size, lambda v: words.size(round(v)), True),
        *_resources(before.resources, now.resources),
    ]


def packages(before: Snapshot, now: Snapshot) -> list[Change]:
    """Packages of the serving set that came, went or changed their version."""
    old, new = ({(p.name, p.marker): p.version for p in s.dependencies.packages} for s in (before, now))
    return [
        _text(f"{name} ({marker})" if marker else name, old.get((name, marker), "–"), new.get((name, marker), "–"))
        for name, marker in sorted(old.keys() | new.keys())
        if old.get((name, marker)) != new.get((name, marker))
    ]


def _golden(snapshot: Snapshot) -> str:
    return f"{words.count(snapshot.baseline.rows, 'row')}, {snapshot.baseline.golden.sha256[:12]}"


def _metrics(before: Snapshot, now: Snapshot, unit: str | None) -> Iterator[Change]:
    old, new = before.baseline.metrics, now.baseline.metrics
    for name in dict.fromkeys([*new, *old]):
        title = metric_words.title(name)
        if name in old and name in new:
            shown = _shown(name, unit)
            yield _figure(title, old[name].value, new[name].value, shown, metric_words.lower_is_better(name))
        else:
            values = [metric_words.figure(name, side[name].value, unit) if name in side else "–" for side in (old, new)]
            yield _text(title, *values)


def _shown(name: str, unit: str | None) -> Callable[[float], str]:
    return lambda value: metric_words.figure(name, value, unit)


def _resources(before: _Resources, now: _Resources) -> Iterator[Change]:
    old, new = _figures(before), _figures(now)
    for title, (value, unit) in new.items():
        if title in old:
            yield _figure(title, old[title][0], value, _with(unit), title != _THROUGHPUT)


def _figures(found: _Resources) -> dict[str, tuple[float, str]]:
    """What was measured, by its title, with its unit."""
    figures: dict[str, tuple[float, str]] = {}
    if found.open:
        latency = found.open.latency
        for title, value in (("p50", latency.p50_ms), ("p95", latency.p95_ms), ("p99", latency.p99_ms)):
            figures[f"Latency, {title}"] = value, "ms"
    if found.closed:
        figures[_THROUGHPUT] = found.closed.requests_per_second, "requests/s"
    if found.cpu_ratio:
        figures["CPU of a request, against a calibration"] = found.cpu_ratio.value, ""
    if found.peak_memory_mib is not None:
        figures["Peak memory"] = found.peak_memory_mib, "MiB"
    if found.cold_start_s is not None:
        figures["Cold start"] = found.cold_start_s, "s"
    return figures


_THROUGHPUT = "Throughput"


def _with(unit: str) -> Callable[[float], str]:
    return lambda value: words.unit(words.number(value), unit)


def _text(what: str, before: str, now: str) -> Change:
    same = before == now
    return Change(what, before, now, "the same" if same else "changed", "same" if same else "changed")


def _figure(
    what: str, before: float, now: float, show: Callable[[float], str], lower_is_better: bool | None = None
) -> Change:
    shown = show(before), show(now)
    if shown[0] == shown[1] or not before:
        return _text(what, *shown)
    said = f"{'+' if now > before else words.MINUS}{words.percent(abs(now / before - 1))}"
    if lower_is_better is None:
        return Change(what, *shown, said, "changed")
    return Change(what, *shown, said, "better" if (now < before) == lower_is_better else "worse")
