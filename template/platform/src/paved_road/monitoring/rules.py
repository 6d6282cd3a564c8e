"""``monitoring/rules.yml``: what Prometheus records of a model, and when it alerts whom."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding, Problem, problem
from paved_road.monitoring import alerts, burn
from paved_road.monitoring.alerts import Alert
from paved_road.monitoring.expressions import Expressions, Kind, Record
from paved_road.monitoring.sources import Sources
from paved_road.ownership import lookup
from paved_road.ownership.raci import PATH as RACI
from paved_road.ownership.raci import Raci

_FIGURE = re.compile(r'\{\{ printf "(%[^"]+)" \$value \}\}')
_LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")


@dataclass(frozen=True)
class Rule:
    """An alerting rule.

    Attributes:
        alert: which.
        severity: ``critical`` wakes somebody, ``warning`` waits until morning.
        expr: PromQL.
        lasting: how long it must hold.
        labels: what else tells it apart from other rules of the same alert.
        says: one sentence with the figure, in Prometheus' template language.
    """

    alert: Alert
    severity: str
    expr: str
    lasting: str
    labels: Mapping[str, str]
    says: str

    def said(self, value: float, labels: Mapping[str, str]) -> str:
        """`says` as Prometheus fills it in."""
        text = _FIGURE.sub(lambda found: (found[1] % value).replace("%%", "%"), self.says)
        return _LABEL.sub(lambda found: labels[found[1]], text)


class Group(NamedTuple):
    """Rules that belong together.

    Attributes:
        name: what they are about.
        records: what is recorded first.
        rules: alerts.
    """

    name: str
    records: list[Record]
    rules: list[Rule]


def rules(contract: ModelContract) -> list[Rule]:
    """Every alerting rule of a contract.

    Raises:
        Problem: if the contract asks for what could never be noticed.
    """
    return [rule for group in groups(contract) for rule in group.rules]


def groups(contract: ModelContract) -> Iterator[Group]:
    """As `rules`, each beside what it compares: the rules of a group are evaluated one after another."""
    said = Expressions(contract)
    yield Group("service", list(said.service()), list(_service(contract)))
    kind: Kind
    for kind in ("input", "prediction"):
        yield Group(kind, list(said.drift(kind)), [_drifted(contract, kind)])
    yield Group("model", [], list(_model(contract)))
    yield Group("resources", [], list(_resources(contract)))


def _service(contract: ModelContract) -> Iterator[Rule]:
    said, level = Expressions(contract), contract.service_level
    down = f"Prometheus has seen no server of {contract.name} for 5 minutes."
    yield Rule(alerts.DOWN, "critical", said.down(), "5m", {}, down)
    for objective in burn.objectives(level):
        kept = f"answered within {objective.le * 1000:g} ms" if objective.le else "answered"
        bad = '{{ printf "%.4f" $value }} of requests were not ' + kept
        for severity, lasting in (("critical", "2m"), ("warning", "15m")):
            says = f"{bad}; the contract allows {objective.budget:g}."
            expr = said.burning(objective, severity)
            yield Rule(objective.alert, severity, expr, lasting, {"objective": objective.name}, says)
    refused = 'The contract excludes {{ printf "%.4f" $value }} of what callers send.'
    yield Rule(alerts.REFUSED, "warning", said.refused(), "15m", {}, refused)


def _drifted(contract: ModelContract, kind: Kind) -> Rule:
    alert = alerts.INPUT_DRIFT if kind == "input" else alerts.PREDICTION_DRIFT
    psi = 'The population stability index of {{ $labels.field }} is {{ printf "%.3f" $value }}'
    says = f"{psi} over {contract.monitoring.window}, in version {{{{ $labels.version }}}}."
    return Rule(alert, "warning", Expressions(contract).drifted(kind), "10m", {"shift": alert.shift}, says)


def _model(contract: ModelContract) -> Iterator[Rule]:
    said = Expressions(contract)
    lost = (
        '{{ $labels.metric }} of version {{ $labels.version }} is worse than its baseline by {{ printf "%.3f" $value }}'
    )
    shift = {"shift": alerts.PERFORMANCE.shift}
    yield Rule(
        alerts.PERFORMANCE, "critical", said.performance(), "5m", shift, f"{lost} of it, on labels that arrived."
    )
    trained = 'Version {{ $labels.version }} was trained {{ printf "%.0f" $value }} days ago.'
    yield Rule(alerts.STALE, "warning", said.model_age(), "1h", {}, trained)
    labelled = 'The newest record with a label is {{ printf "%.0f" $value }} days old.'
    yield Rule(alerts.DATA_STALE, "warning", said.labels_age(), "1h", {}, labelled)


def _resources(contract: ModelContract) -> Iterator[Rule]:
    said = Expressions(contract)
    for what, expr in (("CPU", said.cpu()), ("memory", said.memory())):
        says = '{{ $labels.instance }} uses {{ printf "%.2f" $value }} of the ' + f"{what} that the contract grants."
        yield Rule(alerts.SATURATED, "warning", expr, "15m", {"resource": what.lower()}, says)
    away = '{{ printf "%.4f" $value }} of requests are turned away because servers are full.'
    yield Rule(alerts.SATURATED, "warning", said.turned_away(), "15m", {"resource": "concurrency"}, away)
    dear = 'A prediction takes {{ printf "%.1f" $value }} times the CPU time that was handed over.'
    yield Rule(alerts.COST, "warning", said.cost(), "1h", {}, dear)


class Owned(Sources):
    """Rules with their owners."""

    def labels(self, rule: Rule) -> dict[str, str]:
        """Labels that a rule gives its alert; ``owner`` is the receiver that Alertmanager tells first."""
        entry = self._entry(rule.alert)
        roles = {"owner": entry.roles("R")[0], "accountable": entry.roles("A")[0]}
        return {"severity": rule.severity, "model": self.contract.name, **roles, **rule.labels}

    def annotations(self, rule: Rule) -> dict[str, str]:
        """What a person reads first."""
        link = self.link(self._answer(rule.alert).runbook)
        return {"summary": rule.alert.means, "description": rule.says, "runbook_url": link}

    def document(self) -> dict[str, Any]:
        """The content of the rule file.

        Raises:
            Problem: an alert has no owner, or a threshold could never be exceeded.
        """
        _require_owners(self.raci)
        _require_reachable(self.contract)
        return {"groups": [self._group(group) for group in groups(self.contract)]}

    def _group(self, group: Group) -> dict[str, Any]:
        recorded = [record._asdict() for record in group.records]
        alerting = [self._alerting(rule) for rule in group.rules]
        return {"name": f"{self.contract.name}-{group.name}", "rules": [*recorded, *alerting]}

    def _alerting(self, rule: Rule) -> dict[str, Any]:
        said = {"alert": rule.alert.name, "expr": rule.expr, "for": rule.lasting}
        return said | {"labels": self.labels(rule), "annotations": self.annotations(rule)}

    def _answer(self, alert: Alert) -> lookup.Answer:
        answer = lookup.find(self.raci, alert.name)
        assert answer is not None, "_require_owners comes first"
        return answer

    def _entry(self, alert: Alert) -> Any:
        return self._answer(alert).entry


_MOST_PSI = 5.0
"""Half of what two distributions that have nothing in common give."""


def _require_owners(raci: Raci) -> None:
    """Every alert belongs to an activity."""
    owned = {alert.name for _, alert in lookup.alerts(raci)}
    missing = [alert for alert in alerts.ALERTS if alert.name not in owned]
    if missing:
        raise Problem(
            *(
                Finding(
                    code="MONITOR001",
                    fact=f"the alert {alert.name} belongs to no activity",
                    remedy=f"add {{name: {alert.name}, runbook: {alert.runbook}}} to the alerts of one",
                    path=RACI,
                )
                for alert in missing
            )
        )


def _require_reachable(contract: ModelContract) -> None:
    for name in ("data_psi", "prediction_psi"):
        if (asked := getattr(contract.monitoring, name)) > _MOST_PSI:
            fact = f"monitoring: no distribution shifts by a {name} of {asked:g}"
            raise problem("MONITOR003", fact, "0.1 is a small shift, 0.25 a large one", path="contracts/model.yml")
