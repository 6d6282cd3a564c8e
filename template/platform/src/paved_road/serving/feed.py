"""Records of a request as the two arrays that an artifact reads."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract

astuple = msgspec.structs.astuple


def order(contract: ModelContract) -> list[str]:
    """Names of the inputs in the order in which `Feed` expects a record's fields: numbers first."""
    return [field.name for field in (*contract.numbers, *contract.strings)]


class Feed:
    """Turns records into arrays; the same as `contracts.arrays.to_arrays` does with a table."""

    def __init__(self, contract: ModelContract) -> None:
        self._numbers = len(contract.numbers)
        self._may_miss = [self._numbers + at for at, field in enumerate(contract.strings) if field.nullable]

    def arrays(self, records: Sequence[msgspec.Struct]) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        """Numbers, shape (rows, numbers), missing as NaN; and strings, shape (rows, strings), missing as "".

        Args:
            records: at least one, of the type that `types.record_type` makes from `order`.
        """
        if len(records) == 1:
            return self._row(astuple(records[0]))
        columns: list[tuple[Any, ...]] = list(zip(*map(astuple, records), strict=True))
        for at in self._may_miss:
            columns[at] = tuple("" if value is None else value for value in columns[at])
        return (
            _matrix(columns[: self._numbers], len(records), np.float64),
            _matrix(columns[self._numbers :], len(records), np.object_),
        )

    def _row(self, values: tuple[Any, ...]) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        # Half the time of a column each for the request that services live on.
        strings = values[self._numbers :]
        if None in strings:
            strings = tuple("" if value is None else value for value in strings)
        return np.array([values[: self._numbers]], dtype=np.float64), np.array([strings], dtype=object)


def _matrix(columns: list[tuple[Any, ...]], rows: int, kind: type[np.generic]) -> NDArray[Any]:
    # By column: at 100 records a third quicker than by row. NumPy reads None as NaN.
    return np.ascontiguousarray(np.array(columns, dtype=kind).reshape(len(columns), rows).T)
