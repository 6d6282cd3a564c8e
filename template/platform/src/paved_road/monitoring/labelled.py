"""Predictions and the labels that arrived for them, joined by the record's key."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from paved_road.contracts import arrays
from paved_road.contracts.model import ModelContract, Output
from paved_road.findings import problem

VERSION = "model_version"
"""Column of predictions that says which version gave each, as the server's header ``x-model-version`` does."""


@dataclass(frozen=True)
class Labelled:
    """Records whose prediction and label are both known.

    Attributes:
        target: see `metrics.measure`.
        raw: see `metrics.measure`.
        decided_only: whether only labels were predicted, so that metrics of probabilities mean nothing.
        predicted: how many predictions there were.
        newest: time of the newest record with a label, seconds since 1970; None if no column says.
    """

    target: NDArray[Any]
    raw: NDArray[np.float64]
    decided_only: bool
    predicted: int
    newest: float | None


def join(labels: Path, predictions: Path, contract: ModelContract, key: str, version: str) -> Labelled:
    """Bring labels and predictions together.

    Args:
        labels: Parquet or CSV with the key and the target; a missing target has not arrived yet.
        predictions: Parquet or CSV with the key and the contract's outputs; of another `VERSION` left out.
        contract: names and types.
        key: column that names a record.
        version: of the model that is judged.

    Raises:
        Problem: a file cannot be read, lacks a column, names a record twice, or no record has both.
    """
    known, given = _read(labels), _read(predictions)
    time = contract.golden.newest_by
    of_label = _columns(known, [key, contract.target], [time], labels)
    of_label = of_label.filter(pc.is_valid(of_label.column(contract.target)))
    outputs = [output.name for output in contract.outputs if output.name in given.column_names]
    wanted = outputs or [output.name for output in contract.outputs]
    # What a label file says of time counts; a target that the predictions also carry does not.
    more = [VERSION] if time in of_label.column_names else [VERSION, time]
    of_prediction = _columns(given, [key, *wanted], more, predictions)
    if VERSION in of_prediction.column_names:
        of_version = pc.equal(of_prediction.column(VERSION), version)
        of_prediction = of_prediction.filter(of_version).drop_columns([VERSION])
    renamed = [f"predicted {name}" if name in wanted else name for name in of_prediction.column_names]
    both = of_label.join(of_prediction.rename_columns(renamed), keys=key, join_type="inner")
    if not both.num_rows:
        fact = f"no record of version {version} has both a prediction and a label (joined by {key})"
        raise problem("MONITOR013", fact, "give the column that names a record with --key", path=str(labels))
    raw, decided_only = _raw(both, contract, set(wanted))
    newest = _newest(both, time)
    return Labelled(arrays.target_array(both, contract), raw, decided_only, of_prediction.num_rows, newest)


def _read(file: Path) -> pa.Table:
    readers = {".parquet": pq.read_table, ".csv": pyarrow.csv.read_csv}
    if file.suffix not in readers:
        raise problem("MONITOR010", "is neither .parquet nor .csv", "give one of the two", path=str(file))
    try:
        return readers[file.suffix](file)
    except (OSError, pa.ArrowException) as error:
        fact = f"cannot be read: {(str(error).splitlines() or ['?'])[0]}"
        raise problem("MONITOR010", fact, "write it again, or mend its path", path=str(file)) from error


def _columns(table: pa.Table, needed: list[str], more: Iterable[str | None], file: Path) -> pa.Table:
    """The needed columns and those of the others that are there; the first is the key, as text, each once."""
    missing = [name for name in needed if name not in table.column_names]
    if missing:
        fact = f"has no column {', '.join(missing)}, only {', '.join(table.column_names)}"
        raise problem("MONITOR011", fact, "name columns as contracts/model.yml does", path=str(file))
    table = table.select(list(dict.fromkeys([*needed, *(name for name in more if name in table.column_names)])))
    key = needed[0]
    table = table.set_column(table.column_names.index(key), key, pc.cast(table.column(key), pa.string()))
    counts = pc.value_counts(table.column(key))
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        fact = f"{key} {twice[0]['values'].as_py()!r} is there {twice[0]['counts'].as_py()} times"
        raise problem("MONITOR012", fact, "keep one row a record", path=str(file))
    return table


def _raw(table: pa.Table, contract: ModelContract, given: set[str]) -> tuple[NDArray[np.float64], bool]:
    """The model's figures as far as its outputs show them, and whether they are but what was decided."""
    outputs = {output.gives: output for output in contract.outputs if output.name in given}
    if contract.classes is None:
        return _figures(table, outputs["value"]), False
    shares = {_position(o, contract): o for o in contract.outputs if o.gives == "probability" and o.name in given}
    last = len(contract.classes) - 1
    if last == 1 and shares:
        at, output = next(iter(shares.items()))
        share = _figures(table, output)
        return np.column_stack([1 - share, share] if at else [share, 1 - share]), False
    if len(shares) == len(contract.classes):
        return np.column_stack([_figures(table, shares[at]) for at in range(last + 1)]), False
    if "label" not in outputs:
        fact = "the predictions hold neither a label nor the probability of every class"
        raise problem("MONITOR011", fact, "log the label too")
    label = f"predicted {outputs['label'].name}"
    renamed = table.select([label]).rename_columns([contract.target])
    return np.eye(last + 1)[arrays.target_array(renamed, contract)], True


def _figures(table: pa.Table, output: Output) -> NDArray[np.float64]:
    column = pc.cast(table.column(f"predicted {output.name}"), pa.float64()).to_pylist()
    figures = np.array([np.nan if figure is None else figure for figure in column])
    if not np.isfinite(figures).all():
        raise problem(
            "MONITOR011", f"{output.name} holds values that are missing or not finite", "leave those rows out"
        )
    return figures


def _position(output: Output, contract: ModelContract) -> int:
    classes = contract.classes or []
    return len(classes) - 1 if output.of is None else classes.index(output.of)


def _newest(table: pa.Table, time: str | None) -> float | None:
    if time not in table.column_names:
        return None
    column = table.column(time)
    if not pa.types.is_timestamp(column.type):
        return None
    newest = pc.max(pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)).value
    return None if newest is None else newest / 1e6
