"""How often inputs and predictions fell into each bin of the manifest, in constant memory, for Prometheus to compare.

Rules in ``monitoring/rules.yml`` compare them: so replicas add up, and no job has to run.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from paved_road.contracts.decision import Decision
from paved_road.handoff import counting
from paved_road.handoff.counting import Counted, Texts
from paved_road.handoff.manifest import Manifest

_KEPT_ROWS = 256
"""Rows whose figures are kept until they are counted at once; one by one would cost a single record ten times more."""


class Drift(Collector):
    """Counts for one model; not to be called from several threads at once."""

    def __init__(self, evidence: Manifest, labels: Mapping[str, str]) -> None:
        """Start at zero in every bin.

        Args:
            evidence: whose bins; what it has no reference of is not counted.
            labels: of every series, such as the model's name and version.
        """
        self._contract, self._reference, self._labels = evidence.contract.promise, evidence.reference, dict(labels)
        self._inputs = counting.inputs(self._reference, self._contract)
        self._predictions = counting.predictions(self._reference)
        self._counts = {
            id(field): [0] * len(field.labels) for field in (*self._inputs.values(), *self._predictions.values())
        }
        counted = ((at, self._inputs.get(field.name)) for at, field in enumerate(self._contract.strings))
        self._texts = [(at, field, self._counts[id(field)]) for at, field in counted if isinstance(field, Texts)]
        self._decide = Decision(self._contract)
        classes = len(self._contract.classes or [])
        self._numbers = np.empty((_KEPT_ROWS, len(self._contract.numbers)))
        self._raw = np.empty((_KEPT_ROWS, classes) if classes else _KEPT_ROWS)
        self._kept = 0

    def add(self, numbers: NDArray[np.float64], strings: NDArray[np.object_], raw: NDArray[np.float64]) -> None:
        """Count rows that were predicted.

        Args:
            numbers: shape (rows, numbers), as the model was given them.
            strings: shape (rows, strings).
            raw: what it gave, shape (rows, classes) or (rows,).
        """
        columns = strings.T.tolist()
        for at, field, counts in self._texts:
            field.add(columns[at], counts)
        rows = len(raw)
        if self._kept + rows > _KEPT_ROWS:
            self._settle()
        if rows > _KEPT_ROWS:
            self._count_figures(numbers, raw)
            return
        self._numbers[self._kept : self._kept + rows] = numbers
        self._raw[self._kept : self._kept + rows] = raw
        self._kept += rows

    def _settle(self) -> None:
        if self._kept:
            self._count_figures(self._numbers[: self._kept], self._raw[: self._kept])
            self._kept = 0

    def _count_figures(self, numbers: NDArray[np.float64], raw: NDArray[np.float64]) -> None:
        for at, field in enumerate(self._contract.numbers):
            self._count(self._inputs, field.name, numbers[:, at])
        for name, column in self._decide(raw).items():
            counted = self._predictions.get(name)
            if isinstance(counted, Texts):
                counted.add(map(str, column), self._counts[id(counted)])
            else:
                self._count(self._predictions, name, np.array(column))

    def _count(self, fields: Mapping[str, Counted], name: str, values: NDArray[np.float64]) -> None:
        if name in fields:
            counts = self._counts[id(fields[name])]
            counts[:] = (fields[name].count(values) + counts).tolist()

    def collect(self) -> Iterator[Metric]:
        """What was counted, beside what is expected and what chance explains."""
        self._settle()
        null = self._reference.null
        yield from self._family("input", self._inputs, null.inputs)
        yield from self._family("prediction", self._predictions, null.predictions)
        rows = GaugeMetricFamily("model_reference_rows", "Rows of the reference.", labels=list(self._labels))
        rows.add_metric(list(self._labels.values()), self._reference.rows)
        yield rows

    def _family(self, kind: str, fields: Mapping[str, Counted], null: Mapping[str, float]) -> Iterator[Metric]:
        names = [*self._labels, "field"]
        counts = CounterMetricFamily(f"model_{kind}_bin", f"Rows by bin of each {kind}.", labels=[*names, "bin"])
        expected = GaugeMetricFamily(
            f"model_{kind}_bin_expected", "Share of the reference's rows in the bin.", labels=[*names, "bin"]
        )
        chance = GaugeMetricFamily(
            f"model_{kind}_psi_null", "PSI that chance explains, over 1 / rows + 1 / reference rows.", labels=names
        )
        for name, field in fields.items():
            of_field = [*self._labels.values(), name]
            for label, count, share in zip(field.labels, self._counts[id(field)], field.expected, strict=True):
                counts.add_metric([*of_field, label], count)
                expected.add_metric([*of_field, label], float(share))
            if name in null:
                chance.add_metric(of_field, null[name])
        yield counts
        yield expected
        yield chance
