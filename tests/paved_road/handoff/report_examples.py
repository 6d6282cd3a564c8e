"""Handoffs in a folder, in a moment: true evidence of a model that only has to look like one."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from paved_road.contracts import model, records
from paved_road.contracts.decision import decide
from paved_road.handoff import baseline, manifest, probe, reference
from paved_road.handoff.golden import Golden
from paved_road.project import Project, Settings
from paved_road.stores.candidate import Origin, Tracking

from ..contracts.contracts_examples import promise

ROWS = 600
HOSTILE = "<script>alert('x')</script> | **{{ 7 * 7 }}** `x` </title></style>"
RACI = """\
roles:
  ml-engineer: {title: ML engineer, loop: science, team: "@acme/science", contact: science@acme.example}
  mlops-engineer: {title: MLOps engineer, loop: system, team: "@acme/operations", contact: "javascript:alert(1)"}
activities: {}
requests: {}
"""


def several_classes() -> model.ModelContract:
    """A contract with three classes, one of them with a hostile name."""
    return msgspec.structs.replace(
        promise("classification"),
        classes=["low", HOSTILE, "high"],
        threshold=None,
        intended_use=HOSTILE,
        limits=[HOSTILE],
        outputs=[model.Output(name="grade", gives="label", meaning=HOSTILE)],
        success_metrics=[model.SuccessMetric(metric="accuracy", floor=0.5, because=HOSTILE)],
    )


def contract(kind: str) -> model.ModelContract:
    """A contract by the kind of its model: two classes, several classes, or a number."""
    if kind == "several classes":
        return several_classes()
    task = {"two classes": "classification", "a number": "regression"}[kind]
    found = promise(task)
    # The made-up predictions need not reach the template's own floors.
    wanted = [msgspec.structs.replace(item, floor=0.3 if item.floor else None) for item in found.success_metrics]
    return msgspec.structs.replace(found, success_metrics=wanted)


def predictions(promised: model.ModelContract, rows: int, seed: int = 0) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Targets, and what a fair model says of them."""
    random = np.random.default_rng(seed)
    if promised.task == "regression":
        target = random.gamma(2.0, 20.0, rows)
        return target, target + random.normal(0, 2, rows)
    classes = len(promised.classes or [])
    codes = random.choice(classes, rows, p=np.array([0.7, *[0.3 / (classes - 1)] * (classes - 1)]))
    logits = random.normal(0, 1, (rows, classes)) + 2.5 * np.eye(classes)[codes]
    shares = np.exp(logits)
    return codes, shares / shares.sum(axis=1, keepdims=True)


def hand_over(root: Path, kind: str, *, seed: int = 0, **changes: Any) -> Project:
    """A repository that holds a handoff and nothing else."""
    promised = msgspec.structs.replace(contract(kind), **changes)
    project = Project(root, Settings(package="example"))
    project.handoff.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text('[tool.paved-road]\npackage = "example"\n')
    project.raci.write_text(RACI)
    target, raw = predictions(promised, ROWS, seed)
    pq.write_table(_table(promised, target), root / "golden")
    golden = Golden(root / "golden", promised)
    np.save(root / "predictions.npy", raw)
    (root / "requirements").write_text("# the serving set\n")
    (root / "model").write_bytes(b"a model" * (1 + seed))
    described = _manifest(project, promised, golden, raw)
    (project.handoff / "manifest.json").write_bytes(manifest.render(described.sealed()))
    return project


def _table(promised: model.ModelContract, target: NDArray[Any]) -> pa.Table:
    random = np.random.default_rng(1)
    columns: dict[str, Any] = {}
    for field in promised.inputs:
        if field.type == "string":
            columns[field.name] = random.choice(field.values or [HOSTILE], ROWS).tolist()
        elif field.type == "boolean":
            columns[field.name] = random.random(ROWS) < 0.3
        elif field.type == "timestamp":
            days = random.integers(0, 900, ROWS)
            columns[field.name] = pa.array([datetime.fromtimestamp(1.7e9 + 86400 * int(day), UTC) for day in days])
        else:
            columns[field.name] = pa.array(np.where(random.random(ROWS) < 0.9, random.gamma(2.0, 9.0, ROWS), np.nan))
    labels = promised.classes
    columns[promised.target] = target if labels is None else [labels[code] for code in target]
    return pa.table(columns)


def _keep(project: Project, name: str, suffix: str) -> manifest.File:
    content = next(project.root.glob(f"{name}*")).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    path = f"{name}-{digest[:12]}{suffix}"
    (project.handoff / path).write_bytes(content)
    return manifest.File(path=path, sha256=digest, size=len(content))


def _manifest(
    project: Project, promised: model.ModelContract, golden: Golden, raw: NDArray[np.float64]
) -> manifest.Manifest:
    stamp = "2026-01-02T03:04:05+00:00"
    origin = Origin(
        trained_by="A person <person@acme.example>",
        trained_at=stamp,
        commit="0" * 40,
        uncommitted=True,
        data_sha256="1" * 64,
        rows=2400,
        framework="scikit-learn 1.9.1",
        parameters={"depth": HOSTILE},
        tracking=Tracking(uri="sqlite:///mlflow.db", experiment="example", run="7"),
    )
    party = manifest.Party
    return manifest.Manifest(
        manifest_version=2,
        created_at=stamp,
        platform="0.1.0",
        contract=manifest.Contract(sha256=promised.digest, data_sha256="2" * 64, promise=promised),
        artifact=manifest.Artifact(
            format="onnx", file=_keep(project, "model", ".onnx"), opsets={"ai.onnx": 14}, origin=origin, parity=2e-7
        ),
        dependencies=manifest.Dependencies(
            lock=_keep(project, "requirements", ".txt"),
            python="CPython 3.12.1",
            packages=[manifest.Package(name="numpy", version="2.5.5", marker="", sha256=["3" * 64])],
        ),
        io=manifest.IO(
            version=promised.version, input=records.input_schema(promised), output=records.output_schema(promised)
        ),
        baseline=manifest.Baseline(
            golden=_keep(project, "golden", ".parquet"),
            version=1,
            rows=golden.rows,
            predictions=_keep(project, "predictions", ".npy"),
            probe=probe.take(golden, raw),
            metrics=baseline.measure(golden, raw, promised, {}),
        ),
        resources=manifest.Resources(
            closed=_load(5473.2),
            open=_load(50),
            cpu_seconds_per_request=0.00013,
            cpu_ratio=manifest.CpuRatio(value=0.4, spread=0.02, rounds=12),
            steady_memory_mib=80.1,
            peak_memory_mib=88.9,
            cold_start_s=1.3,
            machine={"system": "Linux", "cores": "2"},
        ),
        reference=reference.describe(golden, decide(raw, promised), promised),
        handover=manifest.Handover(
            gives=party(role="ml-engineer", title="ML engineer", team="@acme/science"),
            takes=party(role="mlops-engineer", title="MLOps engineer", team="@acme/operations"),
        ),
    )


def _load(rate: float) -> manifest.Load:
    latency = manifest.Latency(p50_ms=1.4, p95_ms=2.4, p99_ms=3.1)
    return manifest.Load(concurrency=8, requests=round(rate), seconds=1.0, requests_per_second=rate, latency=latency)
