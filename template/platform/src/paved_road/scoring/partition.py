"""One partition: a Parquet file, scored in batches, so that memory does not grow with its rows.

What predictions were made of is kept in the file that holds them: a file that is there says itself whether it is done.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from paved_road.contracts import arrays
from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding, Problem, problem
from paved_road.scoring.aside import FOLDER, Aside
from paved_road.scoring.local import Local
from paved_road.scoring.places import Place
from paved_road.scoring.prediction import Artifact, predict, schema

RECORD = b"paved_road.score"
BATCH = 65_536
"""Rows held in memory at once."""


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
    columns, rows = schema(stored.schema_arrow, task.keep, task.contract), 0
    with task.target.output(name) as stream, pq.ParquetWriter(stream, columns, compression="zstd") as writer:
        with Aside(task.target, name, task.refuse) as aside:
            for table in _batches(stored):
                good, wrong = predict(table, task.contract, task.artifact)
                writer.write_table(good.select(columns.names).cast(columns))
                if wrong:
                    aside.add(table, wrong, rows)
                rows += table.num_rows
        if task.refuse and aside.rows:
            raise Problem(*aside.findings, aside.summary(rows))
        if not aside.rows:
            task.target.remove(FOLDER + name)
        local.require_unchanged()
        record = Record(input=local.digest, seal=task.seal, keep=list(task.keep), rows=rows, aside=aside.rows)
        writer.add_key_value_metadata({RECORD: msgspec.json.encode(record)})
    said = [*aside.findings, aside.summary(rows)] if aside.rows else []
    return Outcome(partition=name, state="scored", rows=rows, aside=aside.rows, findings=said)


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
