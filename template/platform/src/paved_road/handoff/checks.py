"""What `road handoff verify` checks, one function each.

Every check is a function of the evidence that yields what does not hold, and a line that says what does. One that
cannot be carried out raises a `Problem`: that is a finding, never a pass.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import msgspec
import numpy as np

from paved_road import documents
from paved_road.contracts import compatibility, metric_names, model, records
from paved_road.contracts.decision import decide
from paved_road.findings import Finding, Level, Problem
from paved_road.handoff import baseline, dependencies, formats, previous, probe, reference, resources
from paved_road.handoff.evidence import REBUILD, Evidence
from paved_road.handoff.manifest import PATH, file_digest
from paved_road.handoff.parties import handover
from paved_road.handoff.provenance import signature

TOLERANCE = 1e-4
"""Difference between two machines' predictions of the same artifact that arithmetic explains."""

Check = Callable[[Evidence], Iterator[Finding | str]]


def _files(evidence: Evidence) -> Iterator[Finding | str]:
    total = 0
    for file in evidence.manifest.files:
        path = evidence.folder / file.path
        if path.is_symlink() or not path.is_file():
            remedy = "run `road handoff fetch`" if file.kept == "store" else REBUILD
            yield finding("HANDOFF011", f"files: {file.path} is missing, or is not a plain file", remedy)
            continue
        digest = file_digest(path)
        total += file.size
        if digest != file.sha256:
            part = _PARTS[file.path.partition("-")[0]]
            fact = f"{part} has digest {digest[:12]}…, and the manifest says {file.sha256[:12]}…"
            yield finding("HANDOFF012", fact, REBUILD, path=f"handoff/{file.path}")
        elif path.stat().st_size != file.size or file.path.split("-")[1][:12] != digest[:12]:
            fact = f"files: {file.path} is {path.stat().st_size} bytes, and the manifest says {file.size}"
            yield finding("HANDOFF012", fact, REBUILD)
    yield f"{len(evidence.manifest.files)} files, {total:,} bytes, every digest holds"


_PARTS = {
    "model": "artifact: model",
    "golden": "baseline: golden dataset",
    "predictions": "baseline: predictions",
    "requirements": "dependencies: lock",
}


def _contract(evidence: Evidence) -> Iterator[Finding | str]:
    promise, contract = evidence.promise, evidence.manifest.contract
    if promise.digest != contract.sha256:
        yield finding("HANDOFF013", "contract: its digest is not that of the promise in the manifest", REBUILD)
    if evidence.project:
        now = model.load(evidence.project.contracts / "model.yml")
        data = documents.load(evidence.project.contracts / "data.yml", "contracts/data.yml", "DATA001")
        for name, digest, handed in (
            ("model.yml", now.digest, contract.sha256),
            ("data.yml", documents.digest(data.data), contract.data_sha256),
        ):
            if digest != handed:
                fact = f"contract: contracts/{name} changed since the handoff"
                remedy = "train and build again, or take the change back"
                yield finding("HANDOFF013", fact, remedy, path=f"contracts/{name}")
    yield f"{promise.name} {promise.version}"


def _schema(evidence: Evidence) -> Iterator[Finding | str]:
    io = evidence.manifest.io
    for name, stored, derived in (
        ("input", io.input, records.input_schema(evidence.promise)),
        ("output", io.output, records.output_schema(evidence.promise)),
        ("version", io.version, evidence.promise.version),
    ):
        if stored != derived:
            yield finding("HANDOFF014", f"schema: {name} is not what the contract says", REBUILD)
    yield f"{len(evidence.promise.inputs)} inputs, {len(evidence.promise.outputs)} outputs"


def _version(evidence: Evidence) -> Iterator[Finding | str]:
    """Whether the contract's version moved as far as its changes since the last accepted handoff demand."""
    if evidence.project is None:
        return
    before = previous.manifest(evidence.project.root, evidence.manifest.seal)
    if before is None:
        yield "the first handoff"
        return
    former = previous.promise(before)
    yield from compatibility.check_bump(former, evidence.promise)
    yield f"{former.version} was handed over before, and callers of it are kept"


def _dependencies(evidence: Evidence) -> Iterator[Finding | str]:
    part, served = evidence.manifest.dependencies, evidence.manifest.artifact.format
    handed = dependencies.packages((evidence.folder / part.lock.path).read_bytes(), part.lock.path)
    yield from dependencies.differences(part.packages, handed, part.lock.path)
    if evidence.project:
        exporting = evidence.exporting or dependencies.start_export(evidence.project, served)
        locked = dependencies.packages(dependencies.finish_export(exporting), "uv.lock")
        yield from dependencies.differences(part.packages, locked, "uv.lock")
    yield from dependencies.installed(part.packages)
    if dependencies.interpreter().rpartition(".")[0] != part.python.rpartition(".")[0]:
        fact = f"dependencies: measured on {part.python}, this is {dependencies.interpreter()}"
        yield finding("DEPENDENCIES006", fact, "figures may differ a little", level="warning")
    yield f"{len(part.packages)} packages, {part.python}"


def _artifact(evidence: Evidence) -> Iterator[Finding | str]:
    artifact, golden = evidence.manifest.artifact, evidence.golden
    yield from _as_settled(evidence)
    if not _may_run(evidence):
        fact = f"artifact: not run, because a model of the format {artifact.format} runs only with a valid signature"
        yield finding("HANDOFF020", fact, "see what the check `signature` says")
        return
    path = evidence.folder / artifact.file.path
    with closing(formats.load(path, evidence.promise, artifact.format, artifact.trusted)) as model:
        raw = model.raw(golden.numbers, golden.strings)
    for what, found, said in (
        ("its operator sets", model.opsets, artifact.opsets),
        ("the types that need trust", model.trusted, artifact.trusted),
    ):
        if found != said:
            yield finding("HANDOFF015", f"artifact: {what} are {found}, and the manifest says {said}", REBUILD)
    scale = 1.0 if evidence.promise.task == "classification" else float(evidence.handed.std()) or 1.0
    apart = float(np.max(np.abs(raw - evidence.handed), initial=0.0)) / scale
    if not apart <= TOLERANCE:
        fact = f"artifact: predictions on the golden dataset are up to {apart:.3g} off those handed over"
        yield finding("HANDOFF015", fact, REBUILD)
    yield f"predicts the golden dataset as handed over (within {apart:.1g})"


def _as_settled(evidence: Evidence) -> Iterator[Finding]:
    """Whether the repository still wants this format, and trusts these types."""
    if evidence.project is None:
        return
    artifact, wanted = evidence.manifest.artifact, evidence.project.settings
    remedy = "train and build again, or take the change back"
    if artifact.format != wanted.artifact:
        fact = f"artifact: is {artifact.format!r}, and [tool.paved-road] says artifact = {wanted.artifact!r}"
        yield finding("HANDOFF015", fact, remedy, path="pyproject.toml")
    elif others := sorted(set(artifact.trusted) - set(wanted.trusted_types)):
        fact = f"artifact: trusts {', '.join(others)}, and trusted-types in [tool.paved-road] does not"
        yield finding("HANDOFF015", fact, remedy, path="pyproject.toml")


def _may_run(evidence: Evidence) -> bool:
    if evidence.manifest.artifact.format not in formats.NATIVE:
        return True
    try:
        signature.require(evidence.folder, evidence.manifest, evidence.key)
    except Problem:  # said again by the check of the signature
        return False
    return True


def _baseline(evidence: Evidence) -> Iterator[Finding | str]:
    part, golden = evidence.manifest.baseline, evidence.golden
    if (part.rows, part.version) != (golden.rows, evidence.promise.golden.version):
        yield finding("BASELINE002", "baseline: rows or version of the golden dataset are not as stated", REBUILD)
    measured = baseline.measure(golden, evidence.handed, evidence.promise, evidence.own)
    own = {name for name in part.metrics if metric_names.is_own(name)} - measured.keys()
    for name in sorted(measured.keys() | part.metrics.keys() - own):
        if not _close(msgspec.to_builtins(measured.get(name)), msgspec.to_builtins(part.metrics.get(name))):
            fact = f"baseline: {name} measured again gives another result"
            yield finding("BASELINE002", fact, REBUILD)
    if not _close(msgspec.to_builtins(probe.take(golden, evidence.handed)), msgspec.to_builtins(part.probe)):
        yield finding("BASELINE002", "baseline: its probe is no golden record with its prediction", REBUILD)
    if own:
        fact = f"baseline: {', '.join(sorted(own))} is the team's own code, which is not here; taken as stated"
        yield finding("BASELINE003", fact, "verify in the team's repository", level="note")
    yield from baseline.check(part.metrics, evidence.promise)
    figures = ", ".join(f"{name} {measure.value:.3f}" for name, measure in part.metrics.items())
    yield f"{figures} on {part.rows:,} rows"


def _reference(evidence: Evidence) -> Iterator[Finding | str]:
    decided = decide(evidence.handed, evidence.promise)
    described = reference.describe(evidence.golden, decided, evidence.promise)
    if not _close(msgspec.to_builtins(described), msgspec.to_builtins(evidence.manifest.reference)):
        yield finding("HANDOFF016", "reference: distributions taken again are others", REBUILD)
    yield f"distributions of {len(evidence.promise.inputs)} inputs and {len(evidence.promise.outputs)} outputs"


def _resources(evidence: Evidence) -> Iterator[Finding | str]:
    part = evidence.manifest.resources
    yield from resources.check(part, evidence.promise)
    if evidence.remeasure:
        yield from _again(evidence)
        return
    yield (
        f"p99 {part.open.latency.p99_ms:.1f} ms at {part.open.requests_per_second:g} requests/s, "
        f"at most {part.closed.requests_per_second:,.0f}; {part.peak_memory_mib:.0f} MiB"
    )


def _again(evidence: Evidence) -> Iterator[Finding | str]:
    """The load once more, here: what machines share is held against what was handed over, the rest against promises."""
    from paved_road.handoff import profile  # its load needs a package that a serving image does not have

    again = profile.measure(evidence.folder, evidence.golden, evidence.promise, evidence.key)
    yield from resources.check(again, evidence.promise)
    yield from resources.compare(evidence.manifest.resources, again)
    before = evidence.manifest.resources
    yield (
        f"measured again: CPU {again.cpu_ratio.value:.3g} of the calibration, {before.cpu_ratio.value:.3g} then; "
        f"{again.peak_memory_mib:.0f} MiB ({before.peak_memory_mib:.0f})"
    )


def _signature(evidence: Evidence) -> Iterator[Finding | str]:
    if evidence.manifest.artifact.format in formats.NATIVE:
        signature.require_key(evidence.manifest, evidence.key)
    yield from signature.check(evidence.folder, evidence.manifest, evidence.key)


def _handover(evidence: Evidence) -> Iterator[Finding | str]:
    said = evidence.manifest.handover
    if evidence.project and said != handover(evidence.project):
        fact = "handover: raci.yml names other accountable roles or teams than the manifest"
        yield finding("HANDOFF017", fact, "run `road handoff build`, so that the right people accept it")
    yield f"{said.gives.title} ({said.gives.team}) to {said.takes.title} ({said.takes.team})"


CHECKS: tuple[tuple[str, Check, bool], ...] = (
    ("files", _files, False),
    ("contract", _contract, False),
    ("schema", _schema, False),
    ("version", _version, False),
    ("dependencies", _dependencies, True),
    ("artifact", _artifact, True),
    ("baseline", _baseline, True),
    ("reference", _reference, True),
    ("resources", _resources, False),
    ("handover", _handover, False),
    ("signature", _signature, False),
)


def _close(one: Any, other: Any) -> bool:
    """Equal but for the last digits of floating-point figures."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_close, one, other))
    if isinstance(one, float) and isinstance(other, float | int):
        return bool(np.isclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))
    return bool(one == other)


def finding(code: str, fact: str, remedy: str, path: str = PATH, level: Level = "error") -> Finding:
    return Finding(code=code, fact=fact, remedy=remedy, path=path, level=level)
