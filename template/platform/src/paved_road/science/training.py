"""`road train`: load, check, split, fit, measure, export, track; leaves a candidate or nothing."""

import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from paved_road import files
from paved_road.contracts import arrays, data_rules, metrics, model, own_metrics
from paved_road.contracts import data as data_contract
from paved_road.findings import problem
from paved_road.native.table import frame
from paved_road.project import Project
from paved_road.science import git, team
from paved_road.science.export import exporter_of
from paved_road.science.export.artifact import Exported, export
from paved_road.science.split import split
from paved_road.science.tracking import Tracker
from paved_road.stores.candidate import Candidate, Origin, Run, write_run

Step = Callable[[str], AbstractContextManager[None]]

PATIENCE_S = 600.0
"""A result that took hours to train waits for a `road handoff build` to end rather than being lost."""


def train(project: Project, tracker: Tracker, step: Step) -> Run:
    """Train a candidate.

    Args:
        project: the repository.
        tracker: where the run is recorded; it is abandoned if training fails.
        step: a context manager that tells people what goes on inside it.

    Raises:
        Problem: whatever stands in the way; the previous candidate is then still there.
    """
    promise = model.load(project.contracts / "model.yml")
    promised_data = data_contract.load(project.contracts / "data.yml")
    try:
        commit, uncommitted = git.commit(project.root)
        functions, chosen = team.functions(project), team.parameters(project)
        tracker.require_server()
        with step("load the data and hold it against contracts/data.yml"):
            with team.failures(project, "load()"):
                table = functions.load()
            data_rules.enforce(table, promised_data)
        learn, golden = split(table, promise, project.handoff)
        rows = as_arrow(learn)
        target = pd.Series(arrays.target_array(rows, promise))
        with step(f"fit on {len(learn):,} rows, {golden.num_rows:,} kept golden"), team.failures(project, "train()"):
            fitted = functions.train(as_frame(rows, promise), target, **chosen)
        exporter = exporter_of(fitted)
        with step(f"predict the golden dataset and export to {project.settings.artifact}"):
            with team.failures(project, "predict the golden dataset"):
                raw = exporter.raw_predictions(fitted, as_frame(golden, promise), promise)
            exported = export(fitted, exporter, promise, project.settings)
        measured = _measure(golden, raw, promise, own_metrics.load(project.settings.package, promise))
        fingerprint, parameters = data_fingerprint(table), _parameters(fitted)
        with step("record the run"):
            tracking = tracker.finish(
                parameters,
                {name: value for name, value in measured.items() if value is not None},
                {"data_sha256": fingerprint, "commit": commit, "contract": promise.version},
            )
    finally:
        tracker.abandon()
    origin = Origin(
        trained_by=git.author(project.root),
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=commit,
        uncommitted=uncommitted,
        data_sha256=fingerprint,
        rows=len(learn),
        framework=exporter.FRAMEWORK,
        parameters=parameters,
        tracking=tracking,
    )
    run = Run(
        contract_sha256=promise.digest,
        data_sha256=promised_data.digest,
        origin=origin,
        metrics=measured,
        format=exported.format,
        trusted=exported.trusted,
    )
    _save(project, exported, golden, raw, run)
    return run


def data_fingerprint(table: pd.DataFrame) -> str:
    """SHA-256 over names, types and values of a table, in row order."""
    digest = hashlib.sha256(repr([(name, str(kind)) for name, kind in table.dtypes.items()]).encode())
    digest.update(pd.util.hash_pandas_object(table, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def as_arrow(table: pd.DataFrame) -> pa.Table:
    """A table by its columns.

    Raises:
        Problem: if a column holds values of several types.
    """
    try:
        return pa.Table.from_pandas(table, preserve_index=False)
    except pa.ArrowException as error:
        raise problem("RECORDS001", f"the data has a column of mixed types: {error}", "give it one type") from error


def as_frame(table: pa.Table, contract: model.ModelContract) -> pd.DataFrame:
    """The inputs as `train` gets them."""
    names = [field.name for field in contract.numbers], [field.name for field in contract.strings]
    return frame(*arrays.to_arrays(table, contract), names)


def _measure(
    golden: pa.Table, raw: NDArray[np.float64], contract: model.ModelContract, own: metrics.Own
) -> dict[str, float | None]:
    target = arrays.target_array(golden, contract)
    measured = {}
    for wanted in contract.success_metrics:
        value = metrics.measure(wanted.metric, target, raw, contract, own)
        measured[wanted.metric] = value if np.isfinite(value) else None
    return measured


def _parameters(fitted: Any) -> dict[str, str]:
    parameters = fitted.get_params(deep=True) if hasattr(fitted, "get_params") else {}
    simple = (bool, int, float, str, type(None))
    return {name: str(value) for name, value in sorted(parameters.items()) if isinstance(value, simple)}


def _save(project: Project, exported: Exported, golden: pa.Table, raw: NDArray[np.float64], run: Run) -> None:
    # In memory first, because numpy and Arrow do not say that a disk is full as Python does.
    table, trained = io.BytesIO(), io.BytesIO()
    pq.write_table(golden, table, compression="zstd")
    np.save(trained, raw)
    with files.alone(project.state, PATIENCE_S), files.staged_folder(project.candidate) as folder:
        candidate = Candidate(folder)
        candidate.model(exported.format).write_bytes(exported.content)
        candidate.golden.write_bytes(table.getvalue())
        candidate.trained.write_bytes(trained.getvalue())
        write_run(folder, run)
