"""A table as the two arrays that an artifact reads, and its target as models see it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from paved_road.contracts.model import Field, ModelContract
from paved_road.findings import problem


def to_arrays(table: pa.Table, contract: ModelContract) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """A table as the artifact reads it; training and evaluation go through here, so that all see the same.

    Args:
        table: columns by name, shape (rows, columns); more columns than the inputs are ignored.
        contract: which inputs there are, and of which type.

    Returns:
        Numbers, shape (rows, numbers), float64: times in seconds since 1970 (UTC), flags as 0 and 1, missing as NaN;
        and strings, shape (rows, strings): missing as the empty string.

    Raises:
        Problem: if a column is missing or of another type.
    """
    numbers = [_number(_column(table, field.name), field) for field in contract.numbers]
    strings = [_string(_column(table, field.name), field) for field in contract.strings]
    rows = table.num_rows
    return (
        np.column_stack(numbers) if numbers else np.empty((rows, 0)),
        np.column_stack(strings) if strings else np.empty((rows, 0), dtype=object),
    )


def _column(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise problem("RECORDS001", f"the data has no column {name}", "contracts/model.yml names it")
    return table.column(name)


def _number(column: pa.ChunkedArray, field: Field) -> NDArray[np.float64]:
    _check_type(column, field.name, field.type)
    if field.type == "timestamp" and not pa.types.is_null(column.type):
        # Finer than a microsecond is cut off: callers cannot send it either.
        column = pc.cast(pc.cast(column, pa.timestamp("us", column.type.tz), safe=False), pa.int64())
        return _floats(column) / 1e6
    return _floats(column)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


_IS: dict[str, Callable[[pa.DataType], bool]] = {
    "number": _is_number,
    "integer": _is_number,
    "boolean": pa.types.is_boolean,
    "timestamp": pa.types.is_timestamp,
    "string": _is_text,
}


def _check_type(column: pa.ChunkedArray, name: str, wanted: str) -> None:
    """A column of nothing but missing values is of every type."""
    if not (_IS[wanted](column.type) or pa.types.is_null(column.type)):
        fact = f"{name} is of type {column.type}, and contracts/model.yml says {wanted}"
        raise problem("RECORDS001", fact, "mend the data or the contract")


def _string(column: pa.ChunkedArray, field: Field) -> NDArray[np.object_]:
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    _check_type(column, field.name, "string")
    codes, values = coded(column)
    return np.array(["" if value is None else value for value in values], dtype=object)[codes]


def coded(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[Any]]:
    """A column by its distinct values: a Python value for each of a million rows would take a second.

    Returns:
        Positions in the values, shape (rows,); and the values, of which the last is None, for what is missing.

    Raises:
        pa.ArrowNotImplementedError: if it holds lists or records.
    """
    encoded = pc.dictionary_encode(column).combine_chunks()
    values = [*encoded.dictionary.to_pylist(), None]
    present = pc.fill_null(pc.cast(encoded.indices, pa.int64()), len(values) - 1)
    return np.from_dlpack(present).astype(np.int64, copy=False), values


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """As float64, missing as NaN. Arrow's own `to_numpy` would import pandas, which takes a second."""
    floats = pc.cast(column, pa.float64(), safe=False)
    array = np.full(len(floats), np.nan)
    present = np.from_dlpack(pc.cast(pc.is_valid(floats), pa.int8()).combine_chunks()) == 1
    array[present] = np.from_dlpack(pc.drop_null(floats).combine_chunks())
    return array


def target_array(table: pa.Table, contract: ModelContract) -> NDArray[Any]:
    """The target as models see it; shape (rows,).

    Returns:
        int64 positions in ``contract.classes``, or float64 values.

    Raises:
        Problem: on a missing value, or a class that the contract does not name.
    """
    column = _column(table, contract.target)
    if column.null_count:
        fact = f"{contract.target}: {column.null_count} of {len(column)} values are missing"
        raise problem("RECORDS002", fact, "a row without its target can neither train nor test")
    if contract.classes is None:
        return _finite(column, contract.target)
    position = {_key(label): code for code, label in enumerate(contract.classes)}
    rows, values = coded(column)
    if strangers := [value for value in values[:-1] if _key(value) not in position]:
        fact = f"{contract.target} holds {strangers[0]!r}, which is no class in contracts/model.yml"
        raise problem("RECORDS002", fact, "add it to `classes`, or mend the data")
    return np.array([position[_key(value)] for value in values[:-1]], dtype=np.int64)[rows]


def _key(value: Any) -> tuple[type, Any]:
    return (bool if isinstance(value, bool) else str if isinstance(value, str) else float, value)


def _finite(column: pa.ChunkedArray, name: str) -> NDArray[np.float64]:
    _check_type(column, name, "number")
    values = _floats(column)
    if not np.isfinite(values).all():
        raise problem("RECORDS002", f"{name} holds values that are not finite", "mend the data")
    return values
