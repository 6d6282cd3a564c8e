"""What a contract says of a row, held against a whole table at once: what passes here is what the server accepts."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from paved_road.contracts import arrays
from paved_road.contracts.model import Field, ModelContract, Output

Mask = NDArray[np.bool_]


class Fault(NamedTuple):
    """A rule that some rows break.

    Attributes:
        field: of the contract.
        rule: what is wrong, in words.
        rows: which rows, shape (rows,).
    """

    field: str
    rule: str
    rows: Mask


def faults(table: pa.Table, contract: ModelContract) -> Iterator[Fault]:
    """Every rule of the inputs that any row of a table breaks.

    Args:
        table: columns of the inputs' types, shape (rows, columns).
        contract: which inputs there are, and their limits.
    """
    numbers, _ = arrays.to_arrays(table, contract)
    for at, field in enumerate(contract.numbers):
        yield from _there(field, numbers[:, at], np.isnan(numbers[:, at]))
    for field in contract.strings:
        yield from _known(field, table.column(field.name))


def wrong_outputs(decided: dict[str, NDArray[np.generic]], contract: ModelContract) -> Iterator[Fault]:
    """Every prediction that is not finite, or outside of what the contract allows."""
    for output in contract.outputs:
        if output.gives != "label":
            low, high = _range(output)
            column = decided[output.name].astype(np.float64)
            fits = np.isfinite(column) & (column >= low) & (column <= high)
            if not fits.all():
                yield Fault(output.name, f"the model gave a figure that is not within {low:g} to {high:g}", ~fits)


def _there(field: Field, column: NDArray[np.float64], missing: Mask) -> Iterator[Fault]:
    rules = [
        ("is missing", missing if not field.nullable else np.zeros_like(missing)),
        ("is not finite", np.isinf(column)),
    ]
    if field.type == "integer":
        with np.errstate(invalid="ignore"):
            rules.append(("is not a whole number", np.isfinite(column) & (column != np.floor(column))))
    if field.minimum is not None:
        rules.append((f"is below {field.minimum:g}", np.isfinite(column) & (column < field.minimum)))
    if field.maximum is not None:
        rules.append((f"is above {field.maximum:g}", np.isfinite(column) & (column > field.maximum)))
    for rule, rows in rules:
        if rows.any():
            yield Fault(field.name, rule, rows)


def _known(field: Field, column: pa.ChunkedArray) -> Iterator[Fault]:
    if pa.types.is_null(column.type):
        column = column.cast(pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    missing = _mask(pc.is_null(column))
    if missing.any() and not field.nullable:
        yield Fault(field.name, "is missing", missing)
    if field.values is not None:
        values = pa.array(field.values, column.type)
        strange = ~_mask(pc.is_in(column, value_set=values)) & ~missing
        if strange.any():
            yield Fault(field.name, f"is none of {', '.join(field.values)}", strange)


def _range(output: Output) -> tuple[float, float]:
    if output.gives == "probability":
        return 0.0, 1.0
    low, high = output.minimum, output.maximum
    return -np.inf if low is None else low, np.inf if high is None else high


def _mask(column: pa.ChunkedArray) -> Mask:
    # Arrow's own `to_numpy` would import pandas.
    return np.from_dlpack(pc.cast(column, pa.int8()).combine_chunks()) == 1
