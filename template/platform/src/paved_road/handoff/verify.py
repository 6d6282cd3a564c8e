"""`road handoff verify`: recompute what can be recomputed, compare the rest, fail closed.

Every check is a function of the evidence that yields what does not hold; a check that yields nothing passed. A check
that cannot be carried out is a finding, never a pass.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from subprocess import Popen
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road import documents
from paved_road.contracts import compatibility, metric_names, model, own_metrics, records
from paved_road.contracts.decision import decide
from paved_road.contracts.metrics import Own
from paved_road.findings import Finding, Level, Problem, problem, refused
from paved_road.handoff import baseline, dependencies, predictions, previous, reference, resources
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import PATH, Manifest, file_digest, load
from paved_road.handoff.parties import handover
from paved_road.handoff.predictor import Predictor
from paved_road.handoff.provenance import signature
from paved_road.project import Project

TOLERANCE = 1e-4
"""Difference between two machines' predictions of the same artifact that arithmetic explains."""
REBUILD = "restore it from git, or run `road handoff build`"


@dataclass(frozen=True)
class Outcome:
    """What one check said.

    Attributes:
        check: its name.
        said: what holds, in one line, if it passed.
        findings: what does not.
    """

    check: str
    said: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not refused(self.findings)


@dataclass(frozen=True)
class Evidence:
    """A handoff folder, and the repository it is held against; none in a serving image."""

    folder: Path
    manifest: Manifest
    project: Project | None
    exporting: Popen[bytes] | None = None
    """What uv locks now, under way while other checks run."""

    @property
    def promise(self) -> model.ModelContract:
        return self.manifest.contract.promise

    @cached_property
    def golden(self) -> Golden:
        return Golden(self.folder / self.manifest.baseline.golden.path, self.promise)

    @cached_property
    def handed(self) -> NDArray[np.float64]:
        """The predictions that were handed over, one for each golden row."""
        file = self.folder / self.manifest.baseline.predictions.path
        handed = predictions.read(file, "BASELINE002", REBUILD)
        rows, classes = self.golden.rows, self.promise.classes
        if handed.shape != ((rows, len(classes)) if classes else (rows,)):
            fact = f"baseline: predictions of shape {handed.shape} for {rows} golden rows"
            raise problem("BASELINE002", fact, REBUILD, path=file.name)
        return handed

    @cached_property
    def own(self) -> Own:
        """The team's metrics."""
        return own_metrics.load(self.project.settings.package, self.promise) if self.project else {}


def verify(folder: Path, project: Project | None, key: Path | None = None) -> Iterator[Outcome]:
    """Check after check, as they are done.

    Args:
        folder: the handoff folder.
        project: the repository to hold it against; without one only what the folder itself shows is checked.
        key: the public key that it must be signed with, if it must.

    Raises:
        Problem: if there is no manifest that could be checked.
    """
    manifest = load(folder)
    with ExitStack() as stack:
        exporting = None
        if project:
            with suppress(Problem):  # said again by the check that needs it
                exporting = stack.enter_context(dependencies.start_export(project.root))
        evidence = Evidence(folder, manifest, project, exporting)
        yield from _outcomes(evidence)
        signed = _run("signature", lambda given: signature.check(given.folder, given.manifest, key), evidence)
        if signed.said or signed.findings:
            yield signed


def _outcomes(evidence: Evidence) -> Iterator[Outcome]:
    said = f"version {evidence.manifest.manifest_version}, sealed {evidence.manifest.seal[:12]}"
    yield Outcome("manifest", said, ())
    broken = False
    for name, check, needs_files in CHECKS:
        if needs_files and broken:
            fact = f"{name}: not checked, because a file is not what was handed over"
            yield Outcome(name, "", (_finding("HANDOFF010", fact, REBUILD),))
            continue
        outcome = _run(name, check, evidence)
        broken = broken or (name == "files" and not outcome.passed)
        if outcome.said or outcome.findings:
            yield outcome


def _run(name: str, check: "Check", evidence: Evidence) -> Outcome:
    findings: list[Finding] = []
    said = ""
    try:
        for item in check(evidence):
            if isinstance(item, Finding):
                findings.append(item)
            else:
                said = item
    except Problem as error:
        findings.extend(error.findings)
    return Outcome(name, said, tuple(findings))


Check = Callable[[Evidence], Iterator[Finding | str]]


def _files(evidence: Evidence) -> Iterator[Finding | str]:
    total = 0
    for file in evidence.manifest.files:
        path = evidence.folder / file.path
        if path.is_symlink() or not path.is_file():
            remedy = "run `road handoff fetch`" if file.kept == "store" else REBUILD
            yield _finding("HANDOFF011", f"files: {file.path} is missing, or is not a plain file", remedy)
            continue
        digest = file_digest(path)
        total += file.size
        if digest != file.sha256:
            part = _PARTS[file.path.partition("-")[0]]
            fact = f"{part} has digest {digest[:12]}…, and the manifest says {file.sha256[:12]}…"
            yield _finding("HANDOFF012", fact, REBUILD, path=f"handoff/{file.path}")
        elif path.stat().st_size != file.size or file.path.split("-")[1][:12] != digest[:12]:
            fact = f"files: {file.path} is {path.stat().st_size} bytes, and the manifest says {file.size}"
            yield _finding("HANDOFF012", fact, REBUILD)
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
        yield _finding("HANDOFF013", "contract: its digest is not that of the promise in the manifest", REBUILD)
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
                yield _finding("HANDOFF013", fact, remedy, path=f"contracts/{name}")
    yield f"{promise.name} {promise.version}"


def _schema(evidence: Evidence) -> Iterator[Finding | str]:
    io = evidence.manifest.io
    for name, stored, derived in (
        ("input", io.input, records.input_schema(evidence.promise)),
        ("output", io.output, records.output_schema(evidence.promise)),
        ("version", io.version, evidence.promise.version),
    ):
        if stored != derived:
            yield _finding("HANDOFF014", f"schema: {name} is not what the contract says", REBUILD)
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
    part = evidence.manifest.dependencies
    handed = dependencies.packages((evidence.folder / part.lock.path).read_bytes(), part.lock.path)
    yield from dependencies.differences(part.packages, handed, part.lock.path)
    if evidence.project:
        exporting = evidence.exporting or dependencies.start_export(evidence.project.root)
        locked = dependencies.packages(dependencies.finish_export(exporting), "uv.lock")
        yield from dependencies.differences(part.packages, locked, "uv.lock")
    yield from dependencies.installed(part.packages)
    if dependencies.interpreter().rpartition(".")[0] != part.python.rpartition(".")[0]:
        fact = f"dependencies: measured on {part.python}, this is {dependencies.interpreter()}"
        yield _finding("DEPENDENCIES006", fact, "figures may differ a little", level="warning")
    yield f"{len(part.packages)} packages, {part.python}"


def _artifact(evidence: Evidence) -> Iterator[Finding | str]:
    artifact, golden = evidence.manifest.artifact, evidence.golden
    predictor = Predictor(evidence.folder / artifact.file.path, evidence.promise)
    if predictor.opsets != artifact.opsets:
        fact = f"artifact: its operator sets are {predictor.opsets}, and the manifest says {artifact.opsets}"
        yield _finding("HANDOFF015", fact, REBUILD)
    raw = predictor.raw(golden.numbers, golden.strings)
    scale = 1.0 if evidence.promise.task == "classification" else float(evidence.handed.std()) or 1.0
    apart = float(np.max(np.abs(raw - evidence.handed), initial=0.0)) / scale
    if not apart <= TOLERANCE:
        fact = f"artifact: predictions on the golden dataset are up to {apart:.3g} off those handed over"
        yield _finding("HANDOFF015", fact, REBUILD)
    yield f"predicts the golden dataset as handed over (within {apart:.1g})"


def _baseline(evidence: Evidence) -> Iterator[Finding | str]:
    part, golden = evidence.manifest.baseline, evidence.golden
    if (part.rows, part.version) != (golden.rows, evidence.promise.golden.version):
        yield _finding("BASELINE002", "baseline: rows or version of the golden dataset are not as stated", REBUILD)
    measured = baseline.measure(golden, evidence.handed, evidence.promise, evidence.own)
    own = {name for name in part.metrics if metric_names.is_own(name)} - measured.keys()
    for name in sorted(measured.keys() | part.metrics.keys() - own):
        if not _close(msgspec.to_builtins(measured.get(name)), msgspec.to_builtins(part.metrics.get(name))):
            fact = f"baseline: {name} measured again gives another result"
            yield _finding("BASELINE002", fact, REBUILD)
    if own:
        fact = f"baseline: {', '.join(sorted(own))} is the team's own code, which is not here; taken as stated"
        yield _finding("BASELINE003", fact, "verify in the team's repository", level="note")
    yield from baseline.check(part.metrics, evidence.promise)
    figures = ", ".join(f"{name} {measure.value:.3f}" for name, measure in part.metrics.items())
    yield f"{figures} on {part.rows:,} rows"


def _reference(evidence: Evidence) -> Iterator[Finding | str]:
    decided = decide(evidence.handed, evidence.promise)
    described = reference.describe(evidence.golden, decided, evidence.promise)
    if not _close(msgspec.to_builtins(described), msgspec.to_builtins(evidence.manifest.reference)):
        yield _finding("HANDOFF016", "reference: distributions taken again are others", REBUILD)
    yield f"distributions of {len(evidence.promise.inputs)} inputs and {len(evidence.promise.outputs)} outputs"


def _resources(evidence: Evidence) -> Iterator[Finding | str]:
    part = evidence.manifest.resources
    yield from resources.check(part, evidence.promise)
    yield (
        f"p99 {part.open.latency.p99_ms:.1f} ms at {part.open.requests_per_second:g} requests/s, "
        f"at most {part.closed.requests_per_second:,.0f}; {part.peak_memory_mib:.0f} MiB"
    )


def _handover(evidence: Evidence) -> Iterator[Finding | str]:
    said = evidence.manifest.handover
    if evidence.project and said != handover(evidence.project):
        fact = "handover: raci.yml names other accountable roles or teams than the manifest"
        yield _finding("HANDOFF017", fact, "run `road handoff build`, so that the right people accept it")
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


def _finding(code: str, fact: str, remedy: str, path: str = PATH, level: Level = "error") -> Finding:
    return Finding(code=code, fact=fact, remedy=remedy, path=path, level=level)
