"""Records predicted: how many, and how many in each bin of the manifest, in constant memory, for Prometheus to compare.

Rules in ``monitoring/rules.yml`` compare them: so replicas add up, and no job has to run.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from paved_road.contracts.decision import Decision
from paved_road.handoff import counting
from paved_road.handoff.counting import Counted, Texts
from paved_road.handoff.manifest import Manifest

_KEPT_ROWS = 256
"""Rows that are kept until they are counted at once; one by one would cost a single record ten times more."""


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
        fields = (*self._inputs.values(), *self._predictions.values())
        self._counts = {id(field): np.zeros(len(field.labels), np.int64) for field in fields}
        self._decide = Decision(self._contract)
        self._waiting: list[tuple[NDArray[np.float64], NDArray[np.object_], NDArray[np.float64]]] = []
        self._rows, self._records = 0, 0

    def add(self, numbers: NDArray[np.float64], strings: NDArray[np.object_], raw: NDArray[np.float64]) -> None:
        """Count rows that were predicted.

        Args:
            numbers: shape (rows, numbers), as the model was given them.
            strings: shape (rows, strings).
            raw: what it gave, shape (rows, classes) or (rows,).
        """
        self._waiting.append((numbers, strings, raw))
        self._rows += len(raw)
        self._records += len(raw)
        if self._rows >= _KEPT_ROWS:
            self._settle()

    def _settle(self) -> None:
        if not self._waiting:
            return
        numbers, strings, raw = (np.concatenate(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting.clear()
        self._rows = 0
        for at, field in enumerate(self._contract.numbers):
            self._count(self._inputs, field.name, numbers[:, at])
        for at, field in enumerate(self._contract.strings):
            self._count(self._inputs, field.name, strings[:, at].tolist())
        for name, column in self._decide(raw).items():
            texts = isinstance(self._predictions.get(name), Texts)
            self._count(self._predictions, name, map(str, column) if texts else np.array(column))

    def _count(self, fields: Mapping[str, Counted], name: str, values: Any) -> None:
        if name in fields:
            self._counts[id(fields[name])] += fields[name].count(values)

    def collect(self) -> Iterator[Metric]:
        """What was counted, beside what is expected and what chance explains."""
        self._settle()
        # There from the start, so that no rate misses the first.
        records = CounterMetricFamily("model_records", "Records predicted.", labels=list(self._labels))
        records.add_metric(list(self._labels.values()), self._records)
        yield records
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
            for label, count, share in zip(field.labels, self._counts[id(field)].tolist(), field.expected, strict=True):
                counts.add_metric([*of_field, label], count)
                expected.add_metric([*of_field, label], float(share))
            if name in null:
                chance.add_metric(of_field, null[name])
        yield counts
        yield expected
        yield chance
