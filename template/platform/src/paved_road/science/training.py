"""`road train`: load, check, split, fit, measure, export, track; leaves a candidate or nothing."""

import hashlib
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, NamedTuple

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
from paved_road.science.export import Exporter, exporter_of
from paved_road.science.export.artifact import Exported, export
from paved_road.science.split import split
from paved_road.science.tracking import Tracker
from paved_road.stores.candidate import Candidate, Origin, Run, Tracking, write_run

Step = Callable[[str], AbstractContextManager[None]]

PATIENCE_S = 600.0
"""A result that took hours to train waits for a `road handoff build` to end rather than being lost."""


class _Asked(NamedTuple):
    """What is trained.

    Attributes:
        project: the repository.
        promise: its model contract.
        step: a context manager that tells people what goes on inside it.
    """

    project: Project
    promise: model.ModelContract
    step: Step


class _Fitted(NamedTuple):
    """A model that was fitted.

    Attributes:
        model: as the team's function gave it.
        exporter: of its framework.
        parameters: of the estimator, as text.
        rows: rows that it was fitted on.
        golden: rows that were kept apart.
        data_sha256: fingerprint of all of them.
    """

    model: Any
    exporter: Exporter
    parameters: dict[str, str]
    rows: int
    golden: pa.Table
    data_sha256: str


def train(project: Project, tracker: Tracker, step: Step) -> Run:
    """Train a candidate.

    Args:
        project: the repository.
        tracker: where the run is recorded; it is abandoned if training fails.
        step: a context manager that tells people what goes on inside it.

    Raises:
        Problem: whatever stands in the way; the previous candidate is then still there.
    """
    asked = _Asked(project, model.load(project.contracts / "model.yml"), step)
    promised_data = data_contract.load(project.contracts / "data.yml")
    try:
        code = git.commit(project.root)
        functions, chosen = team.functions(project), team.parameters(project)
        tracker.require_server()
        table = loaded(project, functions, promised_data, step)
        fitted = _fit(asked, functions, chosen, table)
        raw, exported = _export(asked, fitted)
        measured = _measure(asked, fitted.golden, raw)
        with step("record the run"):
            tags = {"data_sha256": fitted.data_sha256, "commit": code[0], "contract": asked.promise.version}
            figures = {name: value for name, value in measured.items() if value is not None}
            tracking = tracker.finish(fitted.parameters, figures, tags)
    finally:
        tracker.abandon()
    run = Run(
        contract_sha256=asked.promise.digest,
        data_sha256=promised_data.digest,
        origin=_origin(project, code, fitted, tracking),
        metrics=measured,
        format=exported.format,
        trusted=exported.trusted,
    )
    _save(project, exported, fitted.golden, raw, run)
    return run


def loaded(
    project: Project, functions: team.Functions, promised: data_contract.DataContract, step: Step
) -> pd.DataFrame:
    """The team's table, once it keeps the data contract.

    Raises:
        Problem: at the team's line that fails, or naming the rules that rows break.
    """
    with step("load the data and hold it against contracts/data.yml"):
        with team.failures(project, "load()"):
            table = functions.load()
        data_rules.enforce(table, promised)
    return table


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


def _fit(asked: _Asked, functions: team.Functions, chosen: dict[str, Any], table: pd.DataFrame) -> _Fitted:
    project, promise, step = asked
    fingerprint = data_fingerprint(table)
    learn, golden = split(table, promise, project.handoff)
    rows = as_arrow(learn)
    target = pd.Series(arrays.target_array(rows, promise))
    with step(f"fit on {len(learn):,} rows, {golden.num_rows:,} kept golden"), team.failures(project, "train()"):
        fitted = functions.train(as_frame(rows, promise), target, **chosen)
    return _Fitted(fitted, exporter_of(fitted), _parameters(fitted), len(learn), golden, fingerprint)


def _export(asked: _Asked, fitted: _Fitted) -> tuple[NDArray[np.float64], Exported]:
    """The trained model's own predictions of the golden rows, and what is handed over."""
    project, promise, step = asked
    with step(f"predict the golden dataset and export to {project.settings.artifact}"):
        with team.failures(project, "predict the golden dataset"):
            raw = fitted.exporter.raw_predictions(fitted.model, as_frame(fitted.golden, promise), promise)
        return raw, export(fitted.model, fitted.exporter, promise, project.settings)


def _measure(asked: _Asked, golden: pa.Table, raw: NDArray[np.float64]) -> dict[str, float | None]:
    promise = asked.promise
    own = own_metrics.load(asked.project.settings.package, promise)
    target = arrays.target_array(golden, promise)
    measured = {}
    for wanted in promise.success_metrics:
        value = metrics.measure(wanted.metric, target, raw, promise, own)
        measured[wanted.metric] = value if np.isfinite(value) else None
    return measured


def _origin(project: Project, code: tuple[str, bool], fitted: _Fitted, tracking: Tracking) -> Origin:
    commit, uncommitted = code
    return Origin(
        trained_by=git.author(project.root),
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=commit,
        uncommitted=uncommitted,
        data_sha256=fitted.data_sha256,
        rows=fitted.rows,
        framework=fitted.exporter.FRAMEWORK,
        parameters=fitted.parameters,
        tracking=tracking,
    )


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
