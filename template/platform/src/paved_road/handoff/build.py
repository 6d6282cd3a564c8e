"""`road handoff build`: from a candidate to evidence, or to the reason why not."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road import __version__, documents, files
from paved_road.contracts import model, own_metrics, records
from paved_road.contracts.decision import decide
from paved_road.findings import problem, require
from paved_road.handoff import (
    baseline,
    dependencies,
    folder,
    formats,
    parity,
    predictions,
    probe,
    profile,
    reference,
    resources,
)
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import (
    IO,
    VERSION,
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
    render,
)
from paved_road.handoff.parties import handover
from paved_road.handoff.provenance import trial
from paved_road.project import Project
from paved_road.stores import artifacts
from paved_road.stores.candidate import Candidate, Run

Step = Callable[[str], AbstractContextManager[None]]
Keep = Callable[[str, str, bytes], File]


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
    _require_same_format(run, project)
    now = _later_than(run.origin.trained_at)
    with dependencies.start_export(project, run.format) as export:
        with step("compare the exported model with the trained one"):
            golden = Golden(candidate.golden, promise)
            with closing(formats.load(candidate.model(run.format), promise, run.format, run.trusted)) as loaded:
                raw = loaded.raw(golden.numbers, golden.strings)
            proven = parity.require(
                predictions.read(candidate.trained, "CANDIDATE002", "run `road train`"), raw, promise
            )
        with step("measure it on the golden dataset"):
            own = own_metrics.load(project.settings.package, promise)
            measured = baseline.measure(golden, raw, promise, own)
            require(baseline.check(measured, promise))
        requirements = dependencies.finish_export(export)
    with files.scratch_folder(project.state / "handoff") as staged:
        keep = partial(folder.keep, staged, git_limit=project.settings.git_limit_mib * 2**20)
        manifest = Manifest(
            manifest_version=VERSION,
            created_at=now,
            platform=__version__,
            contract=Contract(sha256=promise.digest, data_sha256=run.data_sha256, promise=promise),
            artifact=_artifact(keep, candidate, run, loaded, proven),
            dependencies=_dependencies(keep, requirements),
            io=_schema(promise),
            baseline=_baseline(keep, candidate, golden, raw, measured),
            resources=_not_measured(),
            reference=reference.describe(golden, decide(raw, promise), promise),
            handover=handover(project),
        )
        whole = _measured(manifest, staged, golden, step)
        folder.publish(staged, project.handoff, whole, artifacts.open(artifacts.location(project)))
    return whole


def _measured(manifest: Manifest, staged: Path, golden: Golden, step: Step) -> Manifest:
    """The manifest with its resource profile, for which it is served."""
    promise = manifest.contract.promise
    with step("measure it under load"):
        files.write(staged / "manifest.json", render(manifest.sealed()))
        with trial.signed(staged) if manifest.artifact.format in formats.NATIVE else nullcontext() as key:
            resourced = profile.measure(staged, golden, promise, key)
    require(resources.check(resourced, promise))
    return msgspec.structs.replace(manifest, resources=resourced).sealed()


def _artifact(keep: Keep, candidate: Candidate, run: Run, loaded: formats.Predicts, proven: parity.Parity) -> Artifact:
    return Artifact(
        format=run.format,
        file=keep("model", f".{run.format}", candidate.model(run.format).read_bytes()),
        opsets=loaded.opsets,
        origin=run.origin,
        parity=proven.greatest,
        trusted=loaded.trusted,
    )


def _dependencies(keep: Keep, requirements: bytes) -> Dependencies:
    lock = keep("requirements", ".txt", requirements)
    packages = dependencies.packages(requirements, lock.path)
    return Dependencies(lock=lock, python=dependencies.interpreter(), packages=packages)


def _schema(promise: model.ModelContract) -> IO:
    given, taken = records.input_schema(promise), records.output_schema(promise)
    return IO(version=promise.version, input=given, output=taken)


def _baseline(
    keep: Keep, candidate: Candidate, golden: Golden, raw: NDArray[np.float64], measured: dict[str, Measure]
) -> Baseline:
    predicted = io.BytesIO()  # numpy does not say that a disk is full
    np.save(predicted, raw)
    return Baseline(
        golden=keep("golden", ".parquet", candidate.golden.read_bytes()),
        version=golden.version,
        rows=golden.rows,
        predictions=keep("predictions", ".npy", predicted.getvalue()),
        probe=probe.take(golden, raw),
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


def _later_than(trained: str) -> str:
    """The time, unless this machine's clock stands before the training's."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if datetime.fromisoformat(now) < datetime.fromisoformat(trained):
        fact = f"this machine's clock says {now}, and the candidate was trained at {trained}"
        raise problem("CLOCK001", fact, "set the clock, or train again")
    return now


def _require_same_format(run: Run, project: Project) -> None:
    wanted = project.settings
    if run.format != wanted.artifact:
        fact = f"artifact is {wanted.artifact!r}, and the candidate was exported as {run.format!r}"
        raise problem("CANDIDATE003", fact, "run `road train`", path="pyproject.toml")
    if others := sorted(set(run.trusted) - set(wanted.trusted_types)):
        fact = f"the candidate holds {', '.join(others)}, and trusted-types does not name it"
        raise problem("CANDIDATE003", fact, "run `road train`", path="pyproject.toml")


def _require_same_promise(run: Run, promise: model.ModelContract, project: Project) -> None:
    data = documents.load(project.contracts / "data.yml", "contracts/data.yml", "DATA001")
    for name, trained_for, now in (
        ("contracts/model.yml", run.contract_sha256, promise.digest),
        ("contracts/data.yml", run.data_sha256, documents.digest(data.data)),
    ):
        if trained_for != now:
            raise problem("CANDIDATE003", "changed since the candidate was trained", "run `road train`", path=name)
