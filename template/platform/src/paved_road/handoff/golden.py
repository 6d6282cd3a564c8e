"""The golden dataset, as arrays."""

from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from paved_road.contracts import arrays
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem

MOST_CELLS = 500_000_000
"""Rows times columns; a few kilobytes of Parquet can hold billions of equal values."""


class Golden:
    """A golden dataset held to a contract.

    Attributes:
        table: as stored.
        numbers: shape (rows, numbers), see `arrays.to_arrays`.
        strings: shape (rows, strings).
        target: shape (rows,), see `arrays.target_array`.
    """

    def __init__(self, file: Path, contract: ModelContract) -> None:
        """Read it.

        Raises:
            Problem: if it is no Parquet file, is empty, or does not fit the contract.
        """
        try:
            stored = pq.ParquetFile(file)  # read_table would import pandas
            cells = stored.metadata.num_rows * stored.metadata.num_columns
            if cells > MOST_CELLS:
                fact = f"the golden dataset has {cells:,} cells, and at most {MOST_CELLS:,} are read"
                raise problem("GOLDEN001", fact, "raise golden.version, and take fewer rows", path=file.name)
            self.table = stored.read()
        except (OSError, pa.ArrowException) as error:
            fact = f"the golden dataset cannot be read: {str(error).splitlines()[0]}"
            raise problem("GOLDEN001", fact, "run `road train`, then `road handoff build`", path=file.name) from error
        wanted = [contract.target, *contract.golden.slices]
        missing = [name for name in wanted if name not in self.table.column_names]
        if missing or not self.table.num_rows:
            fact = f"no column {', '.join(missing)}" if missing else "the golden dataset has no rows"
            raise problem("GOLDEN001", fact, "run `road train`, then `road handoff build`", path=file.name)
        for name in contract.golden.slices:
            if pa.types.is_nested(kind := self.table.schema.field(name).type):
                fact = f"{name} is of type {kind}, which makes no slices"
                raise problem("GOLDEN001", fact, "take it out of golden.slices", path=file.name)
        self._contract = contract
        self.numbers, self.strings = arrays.to_arrays(self.table, contract)
        self.target = arrays.target_array(self.table, contract)

    @property
    def rows(self) -> int:
        return len(self.target)

    @property
    def version(self) -> int:
        """Its version in the contract."""
        return self._contract.golden.version

    @cached_property
    def slices(self) -> dict[str, dict[str, NDArray[np.bool_]]]:
        """Rows of each value of each slice column."""
        found = {}
        for name in self._contract.golden.slices:
            rows, values = arrays.coded(self.table[name])
            names = np.array(["missing" if value is None else str(value) for value in values])
            there = names[np.bincount(rows, minlength=len(values)) > 0]
            found[name] = {str(value): (names == value)[rows] for value in np.unique(there)}
        return found

    def records(self, most: int) -> list[dict[str, object]]:
        """The first rows as request records."""
        names = [field.name for field in self._contract.inputs]
        columns = {name: _plain(self.table.column(name).slice(0, most)) for name in names}
        return [
            {name: value for name, value in zip(names, values, strict=True) if value is not None}
            for values in zip(*columns.values(), strict=True)
        ]


def _plain(column: pa.ChunkedArray) -> list[object]:
    """As JSON takes it. Times are given in UTC: for another zone Python would ask a database that images may lack."""
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    zone = column.type.tz
    times = pc.cast(pc.cast(column, pa.timestamp("us", zone), safe=False), pa.timestamp("us")).to_pylist()
    return [None if time is None else time.isoformat() + ("+00:00" if zone else "") for time in times]
