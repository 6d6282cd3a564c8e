"""`road handoff build`: from a candidate to evidence, or to the reason why not."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road import __version__, documents, files
from paved_road.contracts import model, own_metrics, records
from paved_road.contracts.decision import decide
from paved_road.findings import Finding, Problem, problem, refused
from paved_road.handoff import baseline, dependencies, parity, predictions, profile, reference, resources
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import (
    IO,
    Artifact,
    Baseline,
    Contract,
    CpuRatio,
    Dependencies,
    File,
    Latency,
    Load,
    Manifest,
    Measure,
    Resources,
    file_digest,
    render,
)
from paved_road.handoff.parties import handover
from paved_road.handoff.predictor import Predictor
from paved_road.handoff.provenance.bundle import withdraw
from paved_road.project import Project
from paved_road.stores.candidate import Candidate, Run

Step = Callable[[str], AbstractContextManager[None]]


PATIENCE_S = 5.0
"""Longer than `road train` takes to put its candidate in place."""


def build(project: Project, step: Step) -> Manifest:
    """Turn the candidate into a handoff: prove parity, measure, and write the manifest last.

    Raises:
        Problem: whatever stands in the way; the handoff folder is then as it was.
    """
    with files.alone(project.state, PATIENCE_S):
        files.recover(project.candidate)
        return _build(project, step)


def _build(project: Project, step: Step) -> Manifest:
    candidate = Candidate(project.candidate)
    run = candidate.run()
    promise = model.load(project.contracts / "model.yml")
    _require_same_promise(run, promise, project)
    with dependencies.start_export(project.root) as export:
        with step("compare the exported model with the trained one"):
            golden = Golden(candidate.golden, promise)
            raw = Predictor(candidate.model, promise).raw(golden.numbers, golden.strings)
            proven = parity.require(
                predictions.read(candidate.trained, "CANDIDATE002", "run `road train`"), raw, promise
            )
        with step("measure it on the golden dataset"):
            own = own_metrics.load(project.settings.package, promise)
            measured = baseline.measure(golden, raw, promise, own)
            _refuse(baseline.check(measured, promise))
        requirements = dependencies.finish_export(export)
    with files.scratch_folder(project.state / "handoff") as staged:
        manifest = Manifest(
            manifest_version=1,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            platform=__version__,
            contract=Contract(sha256=promise.digest, data_sha256=run.data_sha256, promise=promise),
            artifact=_artifact(staged, candidate, run, proven),
            dependencies=_dependencies(staged, requirements),
            io=_schema(promise),
            baseline=_baseline(staged, candidate, golden, raw, measured),
            resources=_not_measured(),
            reference=reference.describe(golden, decide(raw, promise), promise),
            handover=handover(project),
        )
        whole = _measured(manifest, staged, golden, step)
        _publish(staged, project.handoff, whole)
    return whole


def _measured(manifest: Manifest, staged: Path, golden: Golden, step: Step) -> Manifest:
    """The manifest with its resource profile, for which it is served."""
    promise = manifest.contract.promise
    with step("measure it under load"):
        files.write(staged / "manifest.json", render(manifest.sealed()))
        resourced = profile.measure(staged, golden, promise)
    _refuse(resources.check(resourced, promise))
    return msgspec.structs.replace(manifest, resources=resourced).sealed()


def _artifact(staged: Path, candidate: Candidate, run: Run, proven: parity.Parity) -> Artifact:
    file = _keep(staged, "model", ".onnx", candidate.model.read_bytes())
    return Artifact(format="onnx", file=file, opsets=run.opsets, origin=run.origin, parity=proven.greatest)


def _dependencies(staged: Path, requirements: bytes) -> Dependencies:
    lock = _keep(staged, "requirements", ".txt", requirements)
    packages = dependencies.packages(requirements, lock.path)
    return Dependencies(lock=lock, python=dependencies.interpreter(), packages=packages)


def _schema(promise: model.ModelContract) -> IO:
    given, taken = records.input_schema(promise), records.output_schema(promise)
    return IO(version=promise.version, input=given, output=taken)


def _baseline(
    staged: Path, candidate: Candidate, golden: Golden, raw: NDArray[np.float64], measured: dict[str, Measure]
) -> Baseline:
    return Baseline(
        golden=_keep(staged, "golden", ".parquet", candidate.golden.read_bytes()),
        version=golden.version,
        rows=golden.rows,
        predictions=_keep_predictions(staged, raw),
        metrics=measured,
    )


def _not_measured() -> Resources:
    """Lets the server read the manifest while it is being measured; never leaves the staged folder."""
    load = Load(
        concurrency=1, requests=1, seconds=1, requests_per_second=1, latency=Latency(p50_ms=1, p95_ms=1, p99_ms=1)
    )
    return Resources(
        closed=load,
        open=load,
        cpu_seconds_per_request=1,
        cpu_ratio=CpuRatio(value=1, spread=0, rounds=1),
        steady_memory_mib=1,
        peak_memory_mib=1,
        cold_start_s=1,
        machine={},
    )


def _require_same_promise(run: Run, promise: model.ModelContract, project: Project) -> None:
    data = documents.load(project.contracts / "data.yml", "contracts/data.yml", "DATA001")
    for name, trained_for, now in (
        ("contracts/model.yml", run.contract_sha256, promise.digest),
        ("contracts/data.yml", run.data_sha256, documents.digest(data.data)),
    ):
        if trained_for != now:
            raise problem("CANDIDATE003", "changed since the candidate was trained", "run `road train`", path=name)


def _refuse(found: Iterator[Finding]) -> None:
    findings = tuple(found)
    if refused(findings):
        raise Problem(*findings)


def _keep(folder: Path, name: str, suffix: str, content: bytes) -> File:
    """Write content under a name that says its digest."""
    whole = folder / f"{name}{suffix}"
    whole.write_bytes(content)
    digest = file_digest(whole)
    kept = whole.rename(folder / f"{name}-{digest[:12]}{suffix}")
    return File(path=kept.name, sha256=digest, size=len(content))


def _keep_predictions(folder: Path, raw: NDArray[np.float64]) -> File:
    content = io.BytesIO()  # numpy does not say that a disk is full
    np.save(content, raw)
    return _keep(folder, "predictions", ".npy", content.getvalue())


def _publish(staged: Path, target: Path, manifest: Manifest) -> None:
    """Copy the files first, switch by replacing the manifest, and only then drop what it no longer names."""
    named = {file.path for file in manifest.files}
    for name in sorted(named):
        if not (target / name).is_file() or file_digest(target / name) != file_digest(staged / name):
            files.write(target / name, (staged / name).read_bytes())
    files.write(target / "manifest.json", render(manifest))
    for leftover in (*target.glob("*-????????????.*"), *target.glob(f".*{files.UNFINISHED}")):
        if leftover.name not in named:
            leftover.unlink()
    withdraw(target)
