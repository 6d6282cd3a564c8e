"""One partition: a Parquet file, scored in batches, so that memory does not grow with its rows.

What predictions were made of is kept in the file that holds them: a file that is there says itself whether it is done.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from paved_road.contracts import arrays
from paved_road.contracts.decision import decide
from paved_road.contracts.model import ModelContract, Output
from paved_road.findings import Finding, Problem, problem
from paved_road.handoff import formats
from paved_road.project import Format
from paved_road.scoring.places import Local, Place
from paved_road.scoring.rows import Fault, faults, wrong_outputs
from paved_road.workers import Shared

RECORD = b"paved_road.score"
ASIDE = "_aside/"
BATCH = 65_536
"""Rows held in memory at once."""
SHOWN = 20
"""Bad rows of a partition that are reported one by one; all of them are put aside."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What predictions were made of; kept in the Parquet file's own metadata.

    Attributes:
        input: digest of the table.
        seal: of the handoff.
        keep: columns of the table that were kept.
        rows: rows of the table.
        aside: rows that broke the contract, and got no prediction.
    """

    input: str
    seal: str
    keep: list[str]
    rows: int
    aside: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a partition.

    Attributes:
        partition: its name.
        state: ``scored`` now, ``done`` before, or ``refused``.
        rows: rows of the table.
        aside: rows that broke the contract.
        findings: what was wrong with it.
    """

    partition: str
    state: str
    rows: int = 0
    aside: int = 0
    findings: list[Finding] = []


class Artifact(NamedTuple):
    """A model that every worker can load.

    Attributes:
        content: its bytes.
        kind: its format.
        trusted: types that may be built from a native format.
    """

    content: Shared
    kind: Format
    trusted: tuple[str, ...]


class Task(NamedTuple):
    """How to score: the same for all partitions.

    Attributes:
        source: where the tables are.
        target: where the predictions go.
        seal: of the handoff.
        contract: its promise.
        artifact: the model.
        keep: columns of the tables to keep beside the predictions.
        refuse: whether one bad row refuses its partition.
    """

    source: Place
    target: Place
    seal: str
    contract: ModelContract
    artifact: Artifact
    keep: tuple[str, ...]
    refuse: bool


def score(piece: tuple[Task, str]) -> Outcome:
    """Score a partition, unless that was done before; what is wrong with it is said, not raised."""
    task, table = piece
    name = task.source.name_of(table)
    try:
        task.target.sweep(name)
        with task.source.local(table) as local:
            record = _record(task.target, name)
            if record and _is_done(record, task, local.digest):
                return Outcome(partition=name, state="done", rows=record.rows, aside=record.aside)
            return _scored(task, name, local)
    except Problem as error:
        found = [msgspec.structs.replace(finding, path=finding.path or name) for finding in error.findings]
        return Outcome(partition=name, state="refused", findings=found)
    except OSError as error:
        fact = f"cannot be read or written: {error.strerror or error}"
        finding = Finding(code="SCORE003", fact=fact, remedy="mend that and score it again", path=name)
        return Outcome(partition=name, state="refused", findings=[finding])


def _is_done(record: Record, task: Task, digest: str) -> bool:
    same = (record.input, record.seal, tuple(record.keep)) == (digest, task.seal, task.keep)
    return same and not (task.refuse and record.aside)


def _record(target: Place, name: str) -> Record | None:
    """What the predictions that are there were made of; none if there are none, or they are not whole."""
    with target.existing(name) as stream:
        if stream is None:
            return None
        try:
            metadata = pq.ParquetFile(stream).metadata.metadata or {}
            return msgspec.json.decode(metadata[RECORD], type=Record)
        except (pa.ArrowException, OSError, KeyError, msgspec.MsgspecError):
            return None


def _scored(task: Task, name: str, local: Local) -> Outcome:
    stored = _opened(local.file, task)
    schema = _schema(stored.schema_arrow, task)
    counted, shown = _Count(), list[Finding]()
    with task.target.output(name) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        with ExitStack() as aside:
            bad: pq.ParquetWriter | None = None
            for table in _batches(stored):
                good, wrong = _predict(table, task)
                writer.write_table(good.select(schema.names).cast(schema))
                if wrong:
                    report = _report(table, wrong, counted.rows)
                    bad = bad or aside.enter_context(_aside(task, name, report.schema, aside))
                    bad.write_table(report)
                    shown += _findings(report, name, task, SHOWN - len(shown))
                    counted.aside += report.num_rows
                counted.rows += table.num_rows
        if task.refuse and counted.aside:
            raise Problem(*shown, _summary(task, name, counted))
        if not counted.aside:
            task.target.remove(ASIDE + name)
        local.require_unchanged()
        record = Record(
            input=local.digest, seal=task.seal, keep=list(task.keep), rows=counted.rows, aside=counted.aside
        )
        writer.add_key_value_metadata({RECORD: msgspec.json.encode(record)})
    if counted.aside:
        shown.append(_summary(task, name, counted))
    return Outcome(partition=name, state="scored", rows=counted.rows, aside=counted.aside, findings=shown)


class _Count:
    rows = 0
    aside = 0


def _opened(file: Path, task: Task) -> pq.ParquetFile:
    """A Parquet file with the columns that the contract and the caller name.

    Raises:
        Problem: it is none, or a column is missing or of another type.
    """
    try:
        stored = pq.ParquetFile(file, buffer_size=2**20)
    except (pa.ArrowException, OSError) as error:
        fact = f"is not Parquet, or not whole: {str(error).splitlines()[0]}"
        raise problem("SCORE004", fact, "write it again") from error
    arrays.to_arrays(stored.schema_arrow.empty_table(), task.contract)
    missing = [name for name in task.keep if name not in stored.schema_arrow.names]
    if missing:
        raise problem("SCORE004", f"has no column {', '.join(missing)} to keep", "name others with --keep")
    return stored


def _batches(stored: pq.ParquetFile) -> Iterator[pa.Table]:
    try:
        for batch in stored.iter_batches(batch_size=BATCH, use_threads=False):
            yield pa.Table.from_batches([batch])
    except pa.ArrowException as error:
        fact = f"is damaged: {str(error).splitlines()[0]}"
        raise problem("SCORE004", fact, "write it again") from error


def _schema(given: pa.Schema, task: Task) -> pa.Schema:
    kept = [pa.field(name, given.field(name).type) for name in task.keep]
    return pa.schema(
        [*kept, *(pa.field(output.name, _type(output, task.contract)) for output in task.contract.outputs)]
    )


def _type(output: Output, contract: ModelContract) -> pa.DataType:
    return pa.array(contract.classes).type if output.gives == "label" else pa.float64()


def _predict(table: pa.Table, task: Task) -> tuple[pa.Table, list[Fault]]:
    """The rows that can be predicted, with their predictions; and what is wrong with the others."""
    found = list(faults(table, task.contract))
    fits = ~np.logical_or.reduce([fault.rows for fault in found]) if found else np.ones(table.num_rows, dtype=bool)
    good = table.filter(pa.array(fits)) if found else table
    raw = _model(task).raw(*arrays.to_arrays(good, task.contract))
    decided = decide(raw, task.contract)
    late = list(wrong_outputs(decided, task.contract))
    if not np.isfinite(raw).all():  # a label may hang on a figure that no output shows
        finite = np.asarray(np.isfinite(raw).reshape(len(raw), -1).all(axis=1), dtype=bool)
        late.append(Fault(task.contract.outputs[0].name, "the model gave a figure that is not finite", ~finite))
    for name, column in decided.items():
        good = good.drop_columns(name) if name in good.column_names else good
        good = good.append_column(name, pa.array(column.tolist()))
    if late:
        places = np.flatnonzero(fits)
        good = good.filter(pa.array(~np.logical_or.reduce([fault.rows for fault in late])))
        for fault in late:
            rows = np.zeros(table.num_rows, dtype=bool)
            rows[places[fault.rows]] = True
            found.append(Fault(fault.field, fault.rule, rows))
    return good, found


def _report(table: pa.Table, found: list[Fault], before: int) -> pa.Table:
    """Bad rows as they came, with their number in the partition (from 1) and what is wrong with each."""
    bad = np.flatnonzero(np.logical_or.reduce([fault.rows for fault in found]))
    said = [[{"field": fault.field, "rule": fault.rule} for fault in found if fault.rows[row]] for row in bad]
    kind = pa.list_(pa.struct([("field", pa.string()), ("rule", pa.string())]))
    report = table.take(pa.array(bad))
    for name, column in (("road_faults", pa.array(said, kind)), ("road_row", pa.array(bad + before + 1))):
        report = report.add_column(0, name, column)
    return report


def _aside(task: Task, name: str, schema: pa.Schema, stack: ExitStack) -> pq.ParquetWriter:
    return pq.ParquetWriter(stack.enter_context(task.target.output(ASIDE + name)), schema, compression="zstd")


def _findings(report: pa.Table, name: str, task: Task, most: int) -> list[Finding]:
    level: Any = "error" if task.refuse else "warning"
    said = [
        Finding(code="SCORE005", fact=f"{fault['field']} {fault['rule']}", path=name, line=row, level=level)
        for row, many in zip(
            report["road_row"].slice(0, most).to_pylist(), report["road_faults"].slice(0, most).to_pylist(), strict=True
        )
        for fault in many
    ]
    return said[: max(most, 0)]


def _summary(task: Task, name: str, counted: _Count) -> Finding:
    level: Any = "error" if task.refuse else "warning"
    where = f"{task.target.location}/{ASIDE}{name}"
    fact = f"{counted.aside:,} of {counted.rows:,} rows break the contract; they are in {where}"
    remedy = "mend them, or score the others with --bad-rows aside" if task.refuse else "mend them and score again"
    return Finding(code="SCORE005", fact=fact, remedy=remedy, path=name, level=level)


def _model(task: Task) -> formats.Predicts:
    predictor: formats.Predicts = task.artifact.content.once(partial(_loaded, task))
    return predictor


def _loaded(task: Task, content: bytes) -> formats.Predicts:
    with tempfile.TemporaryDirectory(prefix="road-score-") as folder:
        file = Path(folder) / "model"
        file.write_bytes(content)
        return formats.load(file, task.contract, task.artifact.kind, task.artifact.trusted)
