"""`road handoff build`: from a candidate to evidence, or to the reason why not."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road import __version__, documents, files
from paved_road.contracts import model, records
from paved_road.findings import Finding, Problem, problem
from paved_road.handoff import baseline, dependencies, parity, reference, resources
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import (
    IO,
    Artifact,
    Baseline,
    Contract,
    Dependencies,
    File,
    Load,
    Manifest,
    Resources,
    file_digest,
    render,
)
from paved_road.handoff.parties import handover
from paved_road.handoff.predictor import Predictor, decide
from paved_road.project import Project
from paved_road.stores.candidate import Candidate, Run

Step = Callable[[str], AbstractContextManager[None]]


def build(project: Project, step: Step) -> Manifest:
    """Turn the candidate into a handoff: prove parity, measure, and write the manifest last.

    Raises:
        Problem: whatever stands in the way; the handoff folder is then as it was.
    """
    candidate = Candidate(project.candidate)
    run = candidate.run()
    promise = model.load(project.contracts / "model.yml")
    _require_same_promise(run, promise, project)
    export = dependencies.start_export(project.root)
    with step("compare the exported model with the trained one"):
        golden = Golden(candidate.golden, promise)
        predictor = Predictor(candidate.model, promise)
        raw = predictor.raw(golden.numbers, golden.strings)
        proven = parity.require(_trained(candidate), raw, promise)
    with step("measure it on the golden dataset"):
        measured = baseline.measure(golden, raw, promise)
        _refuse(baseline.check(measured, promise))
    parties = handover(project)
    with tempfile.TemporaryDirectory(dir=project.state) as name:
        staged = Path(name)
        requirements = dependencies.finish_export(export)
        lock = _keep(staged, "requirements", ".txt", requirements)
        manifest = Manifest(
            manifest_version=1,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            platform=__version__,
            contract=Contract(sha256=promise.digest, data_sha256=run.data_sha256, promise=promise),
            artifact=Artifact(
                format="onnx",
                file=_keep(staged, "model", ".onnx", candidate.model.read_bytes()),
                opsets=run.opsets,
                origin=run.origin,
                parity=proven.greatest,
            ),
            dependencies=Dependencies(
                lock=lock, python=dependencies.interpreter(), packages=dependencies.packages(requirements, lock.path)
            ),
            io=IO(
                version=promise.version,
                input=records.input_schema(promise),
                output=records.output_schema(promise),
            ),
            baseline=Baseline(
                golden=_keep(staged, "golden", ".parquet", candidate.golden.read_bytes()),
                version=promise.golden.version,
                rows=golden.rows,
                predictions=_keep_predictions(staged, raw),
                metrics=measured,
            ),
            resources=_NOT_MEASURED,
            reference=reference.describe(golden, decide(raw, promise), promise),
            handover=parties,
        )
        with step("measure it under load"):
            files.write(staged / "manifest.json", render(manifest.sealed()))
            profile = resources.measure(staged, golden, predictor, promise)
        _refuse(resources.check(profile, promise))
        whole = msgspec.structs.replace(manifest, resources=profile).sealed()
        _publish(staged, project.handoff, whole)
    return whole


# Lets the server read the manifest while it is being measured; never leaves the staged folder.
_NOT_MEASURED = Resources(
    load=Load(concurrency=1, requests=1, records=1, seconds=1),
    p50_ms=1,
    p95_ms=1,
    p99_ms=1,
    requests_per_second=1,
    cpu_seconds_per_request=1,
    peak_memory_mib=1,
    cold_start_s=1,
    calibration=1,
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


def _trained(candidate: Candidate) -> NDArray[np.float64]:
    try:
        trained: NDArray[np.float64] = np.load(candidate.trained, allow_pickle=False)
    except (OSError, ValueError) as error:
        fact = f"trained.npy cannot be read: {error}"
        raise problem("CANDIDATE002", fact, "run `road train`", path=str(candidate.trained)) from error
    return trained


def _refuse(found: Iterator[Finding]) -> None:
    findings = tuple(found)
    if findings:
        raise Problem(*findings)


def _keep(folder: Path, name: str, suffix: str, content: bytes) -> File:
    """Write content under a name that says its digest."""
    whole = folder / f"{name}{suffix}"
    whole.write_bytes(content)
    digest = file_digest(whole)
    kept = whole.rename(folder / f"{name}-{digest[:12]}{suffix}")
    return File(path=kept.name, sha256=digest, size=len(content))


def _keep_predictions(folder: Path, raw: NDArray[np.float64]) -> File:
    whole = folder / "raw.npy"
    np.save(whole, raw)
    content = whole.read_bytes()
    whole.unlink()
    return _keep(folder, "predictions", ".npy", content)


def _publish(staged: Path, target: Path, manifest: Manifest) -> None:
    """Copy the files first, switch by replacing the manifest, and only then drop what it no longer names."""
    named = {file.path for file in files_of(manifest)}
    for name in sorted(named):
        if not (target / name).is_file() or file_digest(target / name) != file_digest(staged / name):
            files.write(target / name, (staged / name).read_bytes())
    files.write(target / "manifest.json", render(manifest))
    for leftover in target.glob("*-????????????.*"):
        if leftover.name not in named:
            leftover.unlink()


def files_of(manifest: Manifest) -> tuple[File, ...]:
    """Every file that a manifest names."""
    return (
        manifest.artifact.file,
        manifest.dependencies.lock,
        manifest.baseline.golden,
        manifest.baseline.predictions,
    )
