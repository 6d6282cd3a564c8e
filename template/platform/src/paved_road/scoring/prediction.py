"""Rows become predictions: those that keep the contract; of the others it is said what they break."""

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from paved_road.contracts import arrays
from paved_road.contracts.decision import decide
from paved_road.contracts.model import ModelContract, Output
from paved_road.handoff import formats
from paved_road.project import Format
from paved_road.scoring.rows import Fault, Mask, faults, wrong_outputs
from paved_road.workers import Shared


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

    def loaded(self, contract: ModelContract) -> formats.Predicts:
        """The model; loaded once in a process, however much it predicts."""
        predictor: formats.Predicts = self.content.once(partial(_loaded, self, contract))
        return predictor


def schema(given: pa.Schema, keep: tuple[str, ...], contract: ModelContract) -> pa.Schema:
    """Columns of the predictions: those of the table that are kept, then the contract's outputs."""
    kept = [pa.field(name, given.field(name).type) for name in keep]
    return pa.schema([*kept, *(pa.field(output.name, _type(output, contract)) for output in contract.outputs)])


def predict(table: pa.Table, contract: ModelContract, artifact: Artifact) -> tuple[pa.Table, list[Fault]]:
    """The rows that can be predicted, with their predictions; and what is wrong with the others."""
    found = list(faults(table, contract))
    fits = _fitting(found, table.num_rows)
    good = table.filter(pa.array(fits)) if found else table
    raw = artifact.loaded(contract).raw(*arrays.to_arrays(good, contract))
    decided = decide(raw, contract)
    for name, column in decided.items():
        good = good.drop_columns(name) if name in good.column_names else good
        good = good.append_column(name, pa.array(column.tolist()))
    if late := list(_wrong(raw, decided, contract)):
        good = good.filter(pa.array(_fitting(late, len(raw))))
    places = np.flatnonzero(fits)
    for fault in late:
        rows = np.zeros(table.num_rows, dtype=bool)
        rows[places[fault.rows]] = True
        found.append(Fault(fault.field, fault.rule, rows))
    return good, found


def _wrong(
    raw: NDArray[np.float64], decided: dict[str, NDArray[np.generic]], contract: ModelContract
) -> Iterator[Fault]:
    """What is wrong with predictions, among the rows that were predicted."""
    yield from wrong_outputs(decided, contract)
    if not np.isfinite(raw).all():  # a label may hang on a figure that no output shows
        finite = np.asarray(np.isfinite(raw).reshape(len(raw), -1).all(axis=1), dtype=bool)
        yield Fault(contract.outputs[0].name, "the model gave a figure that is not finite", ~finite)


def _fitting(found: list[Fault], rows: int) -> Mask:
    return ~np.logical_or.reduce([fault.rows for fault in found]) if found else np.ones(rows, dtype=bool)


def _type(output: Output, contract: ModelContract) -> pa.DataType:
    return pa.array(contract.classes).type if output.gives == "label" else pa.float64()


def _loaded(artifact: Artifact, contract: ModelContract, content: bytes) -> formats.Predicts:
    with tempfile.TemporaryDirectory(prefix="road-score-") as folder:
        file = Path(folder) / "model"
        file.write_bytes(content)
        return formats.load(file, contract, artifact.kind, artifact.trusted)
