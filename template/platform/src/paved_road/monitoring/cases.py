"""Streams of metrics on which an alert of a contract must fire, or must stay silent."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.api import PREDICT
from paved_road.contracts.model import ModelContract
from paved_road.handoff import stability
from paved_road.monitoring import alerts, burn
from paved_road.monitoring.alerts import Alert
from paved_road.monitoring.expressions import DAY, NEARLY_FULL, REFUSED_SHARE, Kind
from paved_road.monitoring.rules import Rule, rules
from paved_road.monitoring.streams import Case, Firing, named, rising, steady, then

VERSION = "1.0.0+0123456789ab"
_SERVER = {"instance": "10.0.0.1:8000", "job": "serving"}
_SPLIT = np.array([0.99, 0.01])
"""Shares of two bins at the handoff; the other way round they are as far apart as any."""
_REFERENCE_ROWS = 4000
_TELLING = 20
"""Rows on which no chance turns the bins round."""


class Cases:
    """Every case of one contract."""

    def __init__(self, contract: ModelContract) -> None:
        self._contract, self._rules = contract, rules(contract)
        self._of = {"model": contract.name, "version": VERSION}

    def __iter__(self) -> Iterator[Case]:
        yield from self._down()
        for objective in burn.objectives(self._contract.service_level):
            yield from self._burning(objective)
        yield from self._refused()
        yield self._drift("input", alerts.INPUT_DRIFT, "prediction")
        yield self._drift("prediction", alerts.PREDICTION_DRIFT, "input")
        yield from self._performance()
        yield from self._ages()
        yield from self._saturated()
        yield from self._cost()
        yield self._at_night()

    def _rule(self, alert: Alert, severity: str = "", **labels: str) -> Rule:
        return next(
            rule
            for rule in self._rules
            if rule.alert is alert
            and rule.severity in (severity or rule.severity)
            and labels.items() <= rule.labels.items()
        )

    def _model(self, name: str, **more: str) -> str:
        return named(name, **self._of, **more)

    def _info(self) -> dict[str, str]:
        return {self._model("model_info", **_SERVER): steady(1)}

    def _down(self) -> Iterator[Case]:
        firing = Firing(self._rule(alerts.DOWN), {}, 1)
        yield Case("no server reports", {named("up", **_SERVER): steady(0)}, 10, (alerts.DOWN,), [firing])
        yield Case("a server reports", self._info(), 10, (alerts.DOWN,))

    def _requests(self, status: str, values: str) -> dict[str, str]:
        of = {**self._of, **_SERVER, "route": PREDICT, "method": "POST", "status": status}
        return {named("http_requests_total", **of): values}

    def _traffic(self, objective: burn.Objective, bad: str, good: str) -> dict[str, str]:
        """Requests that failed and requests that did not; for latency all requests, and those that were quick."""
        if not objective.le:
            return self._requests("500", bad) | self._requests("200", good)
        name, of = "http_request_duration_seconds", {**self._of, **_SERVER, "route": PREDICT}
        return {
            named(f"{name}_bucket", **of, le=burn.bound(objective)): good,
            named(f"{name}_bucket", **of, le="+Inf"): bad,
            named(f"{name}_count", **of): bad,
        }

    def _bad(self, objective: burn.Objective, quiet: int, share: float, minutes: int) -> dict[str, str]:
        """Good traffic for some minutes, then traffic of which a share is bad."""
        every = rising(1000, quiet + minutes) if objective.le else then(0, quiet, 1000 * share, minutes)
        return self._traffic(objective, every, then(1000, quiet, 1000 * (1 - share), minutes))

    def _burning(self, objective: burn.Objective) -> Iterator[Case]:
        budget, steepest = objective.budget, burn.WINDOWS[0].factor
        fast = min(25 * budget, (steepest * budget + 1) / 2, 0.99) or 0.5
        for said, share, quiet, minutes in (
            ("fast for an hour", fast, 610, 60),
            ("less fast for six hours", min(10 * budget, 0.99), 610, 360),
            ("slowly", 2 * budget, 0, 90),
            ("within what is allowed", budget / 2, 0, 90),
        ):
            fires = list(self._burns(objective, share, quiet, minutes)) if share else []
            series, at = self._bad(objective, quiet, share, minutes), quiet + minutes
            yield Case(f"{objective.name}: the budget burns {said}", series, at, (objective.alert,), fires)
        yield self._over(objective, fast)

    def _burns(self, objective: burn.Objective, share: float, quiet: int, minutes: int) -> Iterator[Firing]:
        """What must fire at the end, and on which figure: the share of bad requests in the first window that counts."""

        def seen(span: str) -> float:
            window = min(burn.minutes(span), quiet + minutes)
            return share * min(minutes, window) / window

        for severity in ("critical", "warning"):
            for pair in objective.watched(severity):
                if min(seen(pair.long), seen(pair.short)) > pair.factor * objective.budget:
                    rule = self._rule(objective.alert, severity, objective=objective.name)
                    yield Firing(rule, {}, seen(pair.long))
                    break

    def _over(self, objective: burn.Objective, share: float) -> Case:
        """An hour of trouble that ended seven hours ago: the long windows remember it, the short ones do not."""
        every = then(1000, 60, 1000, 440) if objective.le else then(1000 * share, 60, 0, 440)
        series = self._traffic(objective, every, then(1000 * (1 - share), 60, 1000, 440))
        return Case(f"{objective.name}: trouble that is over", series, 490, (objective.alert,))

    def _refused(self) -> Iterator[Case]:
        for said, share in (("half of the requests break", 0.5), ("few requests break", REFUSED_SHARE / 2)):
            series = self._requests("422", rising(1000 * share)) | self._requests("200", rising(1000 * (1 - share)))
            fires = [Firing(self._rule(alerts.REFUSED), {}, share)] if share > REFUSED_SHARE else []
            yield Case(f"{said} the contract", series, 45, (alerts.REFUSED,), fires)

    # Drift ---------------------------------------------------------------------------------------------------------

    def _drift(self, kind: Kind, alert: Alert, other: Kind) -> Case:
        """One field that has shifted, three that must not alert, and nothing of the other kind."""
        sample = self._contract.monitoring.minimum_sample
        few, enough = 0.9 * sample, max(1.5 * sample, _TELLING)  # one replica alone would have too few
        shifted = float(stability.psi(_SPLIT, _SPLIT[::-1].copy()))
        explained = 2 * shifted / stability.scale(enough, _REFERENCE_ROWS)
        series = self._bins(other, "as_handed_over", _SPLIT * enough, 30.0)
        for name, live, rows, null in (
            ("shifted", _SPLIT[::-1], enough, 30.0),
            ("as_handed_over", _SPLIT, enough, 30.0),
            ("shifted_on_too_few_rows", _SPLIT[::-1], few, 30.0),
            ("shifted_by_chance", _SPLIT[::-1], enough, explained),
        ):
            series |= self._bins(kind, name, live * rows, null)
        firing = Firing(self._rule(alert), {**self._of, "field": "shifted"}, shifted)
        about, at = (alerts.INPUT_DRIFT, alerts.PREDICTION_DRIFT), burn.minutes(self._contract.monitoring.window) + 60
        name = f"one {kind} of four has shifted, and no {other}"
        return Case(name, series, at, about, [firing], every=5)

    def _bins(self, kind: Kind, name: str, rows: NDArray[np.float64], null: float) -> dict[str, str]:
        """Two replicas that together see so many rows in each of two bins, over the contract's window."""
        steps = burn.minutes(self._contract.monitoring.window) // 5
        many, found = steps + 20, {}
        for replica in ("10.0.0.1:8000", "10.0.0.2:8000"):
            of = {**self._of, "instance": replica, "field": name}
            for at, share in enumerate(_SPLIT.tolist()):
                each = {**of, "bin": str(at + 1)}
                found[named(f"model_{kind}_bin_total", **each)] = rising(float(rows[at]) / 2 / steps, many)
                found[named(f"model_{kind}_bin_expected", **each)] = steady(share, many)
            found[named(f"model_{kind}_psi_null", **of)] = steady(null, many)
            found[self._model("model_reference_rows", instance=replica)] = steady(_REFERENCE_ROWS, many)
        return found

    # The model -----------------------------------------------------------------------------------------------------

    def _dropped(self, drop: float, certain: float, kept: int, serving: bool = True) -> dict[str, str]:
        metric = self._contract.success_metrics[0].metric
        gauges = (("drop", drop), ("drop_certain", certain), ("promise_kept", kept))
        series = {self._model(f"model_performance_{name}", metric=metric): steady(value) for name, value in gauges}
        other = {named("model_info", model=self._contract.name, version="0.9.0+ba9876543210"): steady(1)}
        return series | (self._info() if serving else other)

    @property
    def _far(self) -> float:
        return max(0.15, self._contract.monitoring.performance_drop * 1.25)

    def _lost(self, drop: float) -> Firing:
        return Firing(
            self._rule(alerts.PERFORMANCE), {**self._of, "metric": self._contract.success_metrics[0].metric}, drop
        )

    def _performance(self) -> Iterator[Case]:
        far, about = self._far, (alerts.PERFORMANCE,)
        yield Case("far below the baseline", self._dropped(far, 0.01, 1), 10, about, [self._lost(far)])
        yield Case("below what was promised", self._dropped(0.01, 0.001, 0), 10, about, [self._lost(0.01)])
        yield Case("below the baseline, and chance explains it", self._dropped(far, -0.01, 1), 10, about)
        yield Case("a version that is not served any more did worse", self._dropped(far, 0.01, 0, False), 10, about)

    def _ages(self) -> Iterator[Case]:
        watched = self._contract.monitoring
        trained = self._model("model_trained_timestamp_seconds", **_SERVER)
        labelled = named("model_labels_newest_timestamp_seconds", model=self._contract.name)
        for alert, series, days, labels in (
            (alerts.STALE, trained, watched.model_age_days, self._of),
            (alerts.DATA_STALE, labelled, watched.labels_age_days, {}),
        ):
            old = Firing(self._rule(alert), labels, 2 * days + 90 / 60 / 24)
            yield Case(f"{alert.name}: twice as old as allowed", {series: steady(-2 * days * DAY)}, 90, (alert,), [old])
            yield Case(f"{alert.name}: half as old as allowed", {series: steady(-days / 2 * DAY)}, 90, (alert,))

    # Resources -----------------------------------------------------------------------------------------------------

    def _working(self, cores: float) -> dict[str, str]:
        return self._info() | {named("process_cpu_seconds_total", **_SERVER): rising(cores * 60, 150)}

    def _filled(self, share: float) -> dict[str, str]:
        memory = share * self._contract.resources.memory_mib * 2**20
        return self._info() | {named("process_resident_memory_bytes", **_SERVER): steady(memory)}

    def _turning_away(self, share: float) -> dict[str, str]:
        return self._requests("429", rising(share * 1000)) | self._requests("200", rising((1 - share) * 1000))

    def _saturated(self) -> Iterator[Case]:
        full, half = NEARLY_FULL + 0.05, 0.5
        cores = self._contract.resources.cpu_cores
        for resource, labels, fires_on, silent_on in (
            ("cpu", _SERVER, self._working(full * cores), self._working(half * cores)),
            ("memory", _SERVER, self._filled(full), self._filled(half)),
            ("concurrency", {}, self._turning_away(full), self._turning_away(0.001)),
        ):
            firing = Firing(self._rule(alerts.SATURATED, resource=resource), labels, full)
            yield Case(f"{resource}: nearly used up", fires_on, 45, (alerts.SATURATED,), [firing])
            yield Case(f"{resource}: some is left", silent_on, 45, (alerts.SATURATED,))

    def _cost(self) -> Iterator[Case]:
        ratio, cores, handed = self._contract.monitoring.cost_ratio, self._contract.resources.cpu_cores, 0.001
        dear = Firing(self._rule(alerts.COST), {}, 1.5 * ratio)
        for said, used, times, fires in (
            ("costs more than it did", cores / 2, 1.5 * ratio, [dear]),
            ("costs what it did", cores / 2, 1.0, []),
            ("costs more where hardly any is asked for", cores / 100, 10 * ratio, []),
        ):
            series = self._working(used) | {
                self._model("model_records_total", **_SERVER): rising(used / (handed * times) * 60, 150),
                self._model("model_handoff_cpu_seconds_per_request", **_SERVER): steady(handed, 150),
            }
            series |= {self._model("model_info", **_SERVER): steady(1, 150)}
            yield Case(f"a prediction {said}", series, 140, (alerts.COST,), fires)

    def _at_night(self) -> Case:
        """The 2 a.m. alert: p99 above what was promised, and the first metric 15 % below its baseline."""
        objective = next(o for o in burn.objectives(self._contract.service_level) if o.name == "p99")
        series = self._bad(objective, 0, 0.5, 90) | self._dropped(self._far, 0.01, 1)
        late = self._burns(objective, 0.5, 0, 90)
        about = (alerts.LATENCY, alerts.PERFORMANCE, alerts.AVAILABILITY, alerts.INPUT_DRIFT)
        return Case(
            "2 a.m.: too slow, and far worse than the baseline", series, 85, about, [*late, self._lost(self._far)]
        )
