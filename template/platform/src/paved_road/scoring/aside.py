"""Rows that break the contract: kept beside the predictions as they came, and told one by one, or in one sum."""

from contextlib import ExitStack
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from paved_road.findings import Finding, Level
from paved_road.scoring.places import Place
from paved_road.scoring.rows import Fault

FOLDER = "_aside/"
SHOWN = 20
"""Bad rows of a partition that are reported one by one; all of them are put aside."""


class Aside:
    """The bad rows of a partition; they appear under `FOLDER` when the block ends.

    Attributes:
        rows: how many there are so far.
        findings: what is wrong with the first of them.
    """

    def __init__(self, target: Place, name: str, refuse: bool) -> None:
        """Nothing is written as long as no row is bad.

        Args:
            target: where the predictions go.
            name: of the partition.
            refuse: whether one bad row refuses it.
        """
        self.rows, self.findings = 0, list[Finding]()
        self._target, self._name = target, name
        self._refuse, self._level = refuse, _level(refuse)
        self._stack = ExitStack()
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> bool | None:
        return self._stack.__exit__(*raised)

    def add(self, table: pa.Table, found: list[Fault], before: int) -> None:
        """Put the bad rows of a batch aside.

        Args:
            table: the batch.
            found: the rules that some of its rows break.
            before: rows of the partition that came before it.
        """
        report = _report(table, found, before)
        if self._writer is None:
            stream = self._stack.enter_context(self._target.output(FOLDER + self._name))
            self._writer = self._stack.enter_context(pq.ParquetWriter(stream, report.schema, compression="zstd"))
        self._writer.write_table(report)
        self.rows += report.num_rows
        self._tell(report)

    def summary(self, rows: int) -> Finding:
        """How many of a partition's rows they are, and where to find them."""
        where = f"{self._target.location}/{FOLDER}{self._name}"
        fact = f"{self.rows:,} of {rows:,} rows break the contract; they are in {where}"
        remedy = "mend them, or score the others with --bad-rows aside" if self._refuse else "mend them and score again"
        return Finding(code="SCORE005", fact=fact, remedy=remedy, path=self._name, level=self._level)

    def _tell(self, report: pa.Table) -> None:
        left = max(SHOWN - len(self.findings), 0)
        rows, faults = (report[name].slice(0, left).to_pylist() for name in ("road_row", "road_faults"))
        said = [
            Finding(code="SCORE005", fact=f"{one['field']} {one['rule']}", path=self._name, line=row, level=self._level)
            for row, many in zip(rows, faults, strict=True)
            for one in many
        ]
        self.findings += said[:left]


def _level(refuse: bool) -> Level:
    return "error" if refuse else "warning"


def _report(table: pa.Table, found: list[Fault], before: int) -> pa.Table:
    """Bad rows as they came, with their number in the partition (from 1) and what is wrong with each."""
    bad = np.flatnonzero(np.logical_or.reduce([fault.rows for fault in found]))
    said = [[{"field": fault.field, "rule": fault.rule} for fault in found if fault.rows[row]] for row in bad]
    kind = pa.list_(pa.struct([("field", pa.string()), ("rule", pa.string())]))
    report = table.take(pa.array(bad))
    for name, column in (("road_faults", pa.array(said, kind)), ("road_row", pa.array(bad + before + 1))):
        report = report.add_column(0, name, column)
    return report
