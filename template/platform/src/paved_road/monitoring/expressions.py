"""PromQL of one model's contract: what is recorded, and what alerts compare. All that a manifest says comes from the
server's own metrics, so that the rules are right before the first handoff and for two versions at once."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from paved_road.contracts.api import PREDICT
from paved_road.contracts.model import ModelContract
from paved_road.handoff.stability import FLOOR
from paved_road.monitoring import burn

Kind = Literal["input", "prediction"]
DAY = 86400
REFUSED_SHARE, TURNED_AWAY_SHARE, NEARLY_FULL = 0.05, 0.01, 0.9
SLIGHTLY_USED = 0.1
"""Share of the CPU budget below which what a prediction costs is drowned by what an idle server takes."""


class Record(NamedTuple):
    """A recording rule."""

    record: str
    expr: str


class Expressions:
    """Expressions for one contract."""

    def __init__(self, contract: ModelContract) -> None:
        self.contract = contract
        self.of = f'model="{contract.name}"'
        self._route = f'{self.of},route="{PREDICT}"'

    def service(self) -> Iterator[Record]:
        """Shares of bad requests, for every objective and window."""
        for objective in burn.objectives(self.contract.service_level):
            for span in burn.SPANS:
                yield Record(objective.record(span), self.bad(objective, span))

    def bad(self, objective: burn.Objective, span: str, among: str = "") -> str:
        """The share of bad requests; `among` narrows it to some servers, as in ``,pod="a"``."""
        of = self._route + among
        if not objective.le:
            bad = f'sum by (model) (rate(http_requests_total{{{of},status=~"5.."}}[{span}]))'
            return f"{bad}\n  / {self.asked(span, among)}"
        name = "http_request_duration_seconds"
        quick = f'sum by (model) (rate({name}_bucket{{{of},le="{burn.bound(objective)}"}}[{span}]))'
        return f"1 - {quick}\n  / sum by (model) (rate({name}_count{{{of}}}[{span}]))"

    def asked(self, span: str, among: str = "") -> str:
        """Requests a second."""
        return f"sum by (model) (rate(http_requests_total{{{self._route}{among}}}[{span}]))"

    def drift(self, kind: Kind) -> Iterator[Record]:
        """From counts in bins to PSI and its threshold; replicas are added up first."""
        each, window = "model, version, field", self.contract.monitoring.window
        name, counted = f"model:{kind}", f"model_{kind}_bin_total{{{self.of}}}"
        yield Record(f"{name}_bin:increase", f"sum by ({each}, bin) (increase({counted}[{window}]))")
        yield Record(f"{name}_rows", f"sum by ({each}) ({name}_bin:increase)")
        yield Record(f"{name}_bin:share", f"{name}_bin:increase / on ({each}) group_left () ({name}_rows > 0)")
        expected = f"max by ({each}, bin) (model_{kind}_bin_expected{{{self.of}}})"
        yield Record(
            f"{name}:psi",
            f"sum by ({each}) (\n"
            f"  ({name}_bin:share - {expected})\n"
            f"  * ln(({name}_bin:share + {FLOOR}) / ({expected} + {FLOOR}))\n)",
        )
        yield Record(f"{name}:psi_threshold", self._threshold(kind))

    def _threshold(self, kind: Kind) -> str:
        """What the contract calls drift, and at least what chance explains in a window of so many rows."""
        reference = f"max by (model, version) (model_reference_rows{{{self.of}}})"
        return (
            f"clamp_min(\n  max by (model, version, field) (model_{kind}_psi_null{{{self.of}}})\n"
            f"    * (1 / model:{kind}_rows + on (model, version) group_left () 1 / {reference}),\n"
            f"  {self.psi(kind):g}\n)"
        )

    def psi(self, kind: Kind) -> float:
        """The threshold of the contract."""
        watched = self.contract.monitoring
        return watched.data_psi if kind == "input" else watched.prediction_psi

    # What alerts compare: each gives the figure that the alert speaks of -------------------------------------------

    def burning(self, objective: burn.Objective, severity: str) -> str:
        """The share of bad requests in the long window of whichever pair of windows is above its burn rate."""
        pairs = (
            f"{objective.record(each.long)}{{{self.of}}} > {each.factor * objective.budget:.6g}"
            f" and {objective.record(each.short)} > {each.factor * objective.budget:.6g}"
            for each in objective.watched(severity)
        )
        return "\nor ".join(f"({pair})" for pair in pairs)

    def drifted(self, kind: Kind) -> str:
        """PSI of a field above its threshold, on enough rows."""
        name, rows = f"model:{kind}", self.contract.monitoring.minimum_sample
        return f"{name}:psi{{{self.of}}} > {name}:psi_threshold\nand {name}_rows >= {rows}"

    def down(self) -> str:
        return f"absent(model_info{{{self.of}}})"

    def refused(self) -> str:
        """Requests that are the caller's fault."""
        return self._answered("400|413|422", "15m", REFUSED_SHARE)

    def turned_away(self) -> str:
        """Requests that came while the server was full, or not ready."""
        return self._answered("429|503", "10m", TURNED_AWAY_SHARE)

    def _answered(self, status: str, span: str, share: float) -> str:
        name = f"http_requests_total{{{self._route}"
        found = f'sum by (model) (rate({name},status=~"{status}"}}[{span}]))'
        return f"{found}\n  / sum by (model) (rate({name}}}[{span}])) > {share:g}"

    def performance(self) -> str:
        """The drop of a metric of a version that still answers: beyond what is allowed and beyond chance, or below
        what was promised."""
        drop = f"model_performance_drop{{{self.of}}}"
        far = f"{drop} > {self.contract.monitoring.performance_drop:g} and model_performance_drop_certain > 0"
        broken = f"{drop} and model_performance_promise_kept == 0"
        return f"(({far}) or ({broken}))\nand on (model, version) model_info"

    def model_age(self) -> str:
        newest = f"min by (model, version) (model_trained_timestamp_seconds{{{self.of}}})"
        return f"(time() - {newest}) / {DAY} > {self.contract.monitoring.model_age_days:g}"

    def labels_age(self) -> str:
        newest = f"max by (model) (model_labels_newest_timestamp_seconds{{{self.of}}})"
        return f"(time() - {newest}) / {DAY} > {self.contract.monitoring.labels_age_days:g}"

    def cpu(self) -> str:
        return f"{self._cores('10m')} / {self.contract.resources.cpu_cores:g} > {NEARLY_FULL:g}"

    def memory(self) -> str:
        memory = (
            f"max by (job, instance) (process_resident_memory_bytes and on (job, instance) model_info{{{self.of}}})"
        )
        return f"{memory} / {self.contract.resources.memory_mib * 2**20:.0f} > {NEARLY_FULL:g}"

    def cost(self) -> str:
        """CPU time of a prediction over what it was at the handoff, while servers have work."""
        records = f"sum(rate(model_records_total{{{self.of}}}[1h]))"
        handed = f"max(model_handoff_cpu_seconds_per_request{{{self.of}}})"
        busy = f"avg({self._cores('1h')}) > {SLIGHTLY_USED * self.contract.resources.cpu_cores:g}"
        used = f"sum({self._cores('1h')}) / {records} / {handed}"
        return f"{used} > {self.contract.monitoring.cost_ratio:g}\nand {busy}"

    def _cores(self, span: str) -> str:
        """CPU cores that each server of the model uses."""
        used = f"rate(process_cpu_seconds_total[{span}])"
        return f"max by (job, instance) ({used} and on (job, instance) model_info{{{self.of}}})"
