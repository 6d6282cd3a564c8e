"""`road tune`: try parameters on validation rows, which are neither fitted on nor golden; leave the best for review."""

import hashlib
import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import yaml

from paved_road import files
from paved_road.contracts import arrays, metrics, model, own_metrics
from paved_road.contracts import data as data_contract
from paved_road.findings import Finding, Problem, problem
from paved_road.project import Project
from paved_road.science import study, team
from paved_road.science.export import exporter_of
from paved_road.science.split import split, validation
from paved_road.science.tracking import Tracker
from paved_road.science.training import Step, as_arrow, as_frame, data_fingerprint, loaded
from paved_road.stores.candidate import Tracking
from paved_road.workers import Lost, Shared, Workers

FRUITLESS = 3
"""Rounds in a row that lost a worker, or trials in a row that failed, until it is given up."""


class Task(NamedTuple):
    """How to try parameters: the same for all trials.

    Attributes:
        project: whose training package.
        contract: its promise.
        rows: rows to fit on and rows to validate on, as Arrow writes them.
        metric: what is measured.
    """

    project: Project
    contract: model.ModelContract
    rows: Shared
    metric: str


class Best(msgspec.Struct, frozen=True, kw_only=True):
    """What a search found.

    Attributes:
        metric: what was measured.
        value: of the best trial, on validation rows.
        parameters: of the best trial.
        trials: how many gave a figure.
        rows: rows that were validated on.
        study: its name in the storage.
        tracking: the tracked run.
    """

    metric: str
    value: float
    parameters: dict[str, Any]
    trials: int
    rows: int
    study: str
    tracking: Tracking


class Asked(NamedTuple):
    """What somebody wants searched.

    Attributes:
        trials: how many must have given a figure, those of earlier runs and of other machines included.
        metric: one of the contract's success metrics; the first if None.
        output: where the best parameters are written.
    """

    trials: int
    metric: str | None
    output: Path


def tune(project: Project, tracker: Tracker, step: Step, hired: Workers, asked: Asked) -> Best:
    """Search until a study has so many trials, and write the best parameters beside the training package.

    Args:
        project: the repository.
        tracker: where the search is recorded; it is abandoned if it fails.
        step: a context manager that tells people what goes on inside it.
        hired: the workers.
        asked: what is wanted.

    Raises:
        Problem: whatever stands in the way; trials that were done are kept.
    """
    promise = model.load(project.contracts / "model.yml")
    wanted = _wanted(promise, asked.metric)
    try:
        functions, space = team.functions(project), team.space(project)
        tracker.require_server()
        table = loaded(project, functions, data_contract.load(project.contracts / "data.yml"), step)
        fit, held = validation(split(table, promise, project.handoff)[0], promise)
        task = Task(project, promise, hired.share(_packed(fit, held)), wanted.metric)
        fingerprint = data_fingerprint(table)
        found = study.opened(project.state, _name(task, fingerprint), wanted.floor is not None)
        with step(f"try parameters on {len(held):,} validation rows with {hired.shown}"), study.translated():
            _search(found, space, task, hired, asked.trials, tracker)
            best, count = found.best_trial, study.complete(found)
        parameters = best.user_attrs["parameters"]
        tags = {
            "contract": promise.version,
            "study": found.study_name,
            "trials": str(count),
            "data_sha256": fingerprint,
        }
        tracking = tracker.finish(_texts(parameters), {f"validation_{wanted.metric}": best.value}, tags)
    finally:
        tracker.abandon()
    chosen = Best(
        metric=wanted.metric,
        value=best.value,
        parameters=parameters,
        trials=count,
        rows=len(held),
        study=found.study_name,
        tracking=tracking,
    )
    files.write(asked.output, _document(chosen).encode())
    return chosen


def _wanted(promise: model.ModelContract, metric: str | None) -> model.SuccessMetric:
    for wanted in promise.success_metrics:
        if metric in (None, wanted.metric):
            return wanted
    known = ", ".join(wanted.metric for wanted in promise.success_metrics)
    raise problem("TUNE001", f"{metric} is no success metric of contracts/model.yml", f"it has {known}")


def _name(task: Task, fingerprint: str) -> str:
    """One study for each contract, metric, data and code: figures of others could not be compared."""
    digest = hashlib.sha256(f"{task.contract.digest} {task.metric} {fingerprint}".encode())
    for file in sorted(task.project.source.rglob("*.py")):
        digest.update(file.read_bytes())
    return f"{task.contract.name}-{task.metric}-{digest.hexdigest()[:12]}"


def _search(
    found: Any, space: Callable[[Any], dict[str, Any]], task: Task, hired: Workers, trials: int, tracker: Tracker
) -> None:
    if not found.get_trials(deepcopy=False):
        found.enqueue_trial(_start(task.project))
    failed = 0
    while (left := trials - study.complete(found)) > 0:
        asked = [found.ask() for _ in range(min(hired.count, left))]
        with team.failures(task.project, "space()"):
            chosen = [dict(space(trial)) for trial in asked]
        for trial, parameters in zip(asked, chosen, strict=True):
            trial.set_user_attr("parameters", parameters)
        for trial, parameters, value in zip(asked, chosen, _figures(task, chosen, hired), strict=True):
            failed = 0 if isinstance(value, float) else failed + 1
            _told(found, trial, value, failed)
            if isinstance(value, float):
                tracker.trial(trial.number, _texts(parameters), {f"validation_{task.metric}": value})


def _told(found: Any, trial: Any, value: "float | tuple[Finding, ...]", failed: int) -> None:
    from optuna.trial import TrialState

    if isinstance(value, float):
        found.tell(trial, value)
        return
    found.tell(trial, state=TrialState.FAIL)
    if failed == FRUITLESS or not study.complete(found):
        raise Problem(*value)


def _figures(task: Task, chosen: list[dict[str, Any]], hired: Workers) -> list[Any]:
    for attempt in range(FRUITLESS):
        try:
            return hired.each(measured, [(task, parameters) for parameters in chosen])
        except Lost as lost:
            if attempt == FRUITLESS - 1:
                fact = f"workers end in the middle of a trial, {FRUITLESS} times in a row: {lost}"
                raise problem("WORKERS004", fact, "give them more memory, or hire fewer with --workers") from lost
    raise AssertionError


def measured(piece: tuple[Task, dict[str, Any]]) -> "float | tuple[Finding, ...]":
    """Fit with these parameters, and measure on the validation rows; or say why not."""
    task, parameters = piece
    fit, held = task.rows.once(_unpacked)
    try:
        functions = team.functions(task.project)
        own = own_metrics.load(task.project.settings.package, task.contract)
        with team.failures(task.project, f"train() with {parameters}"):
            target = pd.Series(arrays.target_array(fit, task.contract))
            fitted = functions.train(as_frame(fit, task.contract), target, **parameters)
            raw = exporter_of(fitted).raw_predictions(fitted, as_frame(held, task.contract), task.contract)
    except Problem as error:
        return error.findings
    value = metrics.measure(task.metric, arrays.target_array(held, task.contract), raw, task.contract, own)
    if np.isfinite(value):
        return value
    fact = f"{task.metric} is undefined on the validation rows, with {parameters}"
    return (Finding(code="TUNE003", fact=fact, remedy="tune for another metric with --metric"),)


def _start(project: Project) -> dict[str, Any]:
    """What is used now: no search ends with less."""
    defaults = {
        name: each.default
        for name, each in inspect.signature(team.functions(project).train).parameters.items()
        if each.default is not inspect.Parameter.empty
    }
    return defaults | team.parameters(project)


def _packed(*tables: pd.DataFrame) -> bytes:
    parts = []
    for table in tables:
        arrow, stream = as_arrow(table), io.BytesIO()
        with pa.ipc.new_stream(stream, arrow.schema) as writer:
            writer.write_table(arrow)
        parts.append(stream.getvalue())
    return msgspec.msgpack.encode(parts)


def _unpacked(content: bytes) -> list[pa.Table]:
    return [pa.ipc.open_stream(part).read_all() for part in msgspec.msgpack.decode(content)]


def _texts(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}


def _document(best: Best) -> str:
    measured_as = f"{best.metric} {best.value:.4f} on {best.rows:,} validation rows"
    return f"""\
# Written by `road tune`: the best of {best.trials} trials, {measured_as}.
# `road train` passes these to train(). Edit them, or delete this file for the defaults there.
{yaml.safe_dump(best.parameters, sort_keys=False)}"""
