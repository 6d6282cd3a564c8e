"""What a running Prometheus says of the model now: drift, performance and age, each with whose it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from paved_road.findings import Finding, problem
from paved_road.monitoring import alerts
from paved_road.monitoring.prometheus import Prometheus
from paved_road.monitoring.rules import Owned, Rule, rules
from paved_road.ownership.raci import Role

WATCHED = (alerts.INPUT_DRIFT, alerts.PREDICTION_DRIFT, alerts.PERFORMANCE, alerts.STALE, alerts.DATA_STALE)
"""What another training may answer; the other alerts are about the service."""


@dataclass(frozen=True)
class Fired:
    """A rule that holds now.

    Attributes:
        rule: which.
        says: its sentence, with the figure.
        owner: the role that is told first.
        accountable: the role that answers for it.
        runbook: what to do.
    """

    rule: Rule
    says: str
    owner: Role
    accountable: Role
    runbook: str

    @property
    def finding(self) -> Finding:
        """For people."""
        remedy = f"{self.runbook}; owner: {self.owner.title} ({self.owner.team}, {self.owner.contact})"
        return Finding(code="MONITOR023", fact=f"{self.rule.alert.name}: {self.says}", remedy=remedy)

    @property
    def document(self) -> dict[str, str]:
        """For programs."""
        return {
            "alert": self.rule.alert.name,
            "shift": self.rule.alert.shift,
            "severity": self.rule.severity,
            "says": self.says,
            "owner": self.owner.team,
            "accountable": self.accountable.team,
            "runbook": self.runbook,
        }


def ask(owned: Owned, prometheus: Prometheus) -> list[Fired]:
    """Every watched rule that holds now.

    Raises:
        Problem: Prometheus cannot be asked, sees no server of the model, or does not load the rules.
    """
    _require_watched(owned, prometheus)
    return list(_fired(owned, prometheus))


def _fired(owned: Owned, prometheus: Prometheus) -> Iterator[Fired]:
    for rule in (each for each in rules(owned.contract) if each.alert in WATCHED):
        labels, runbook = owned.labels(rule), owned.annotations(rule)["runbook_url"]
        owner, accountable = (owned.raci.roles[labels[key]] for key in ("owner", "accountable"))
        for sample in prometheus.ask(rule.expr):
            yield Fired(rule, rule.said(sample.value, sample.labels), owner, accountable, runbook)


def _require_watched(owned: Owned, prometheus: Prometheus) -> None:
    """Silence of a Prometheus that looks at nothing says nothing."""
    name = owned.contract.name
    if not prometheus.ask(f'model_info{{model="{name}"}}'):
        remedy = "let it scrape /metrics of the servers; `road who ModelServiceDown` says whose that is"
        raise problem("MONITOR021", f"{prometheus.url} sees no server of {name}", remedy)
    if not prometheus.ask(f'model:input_rows{{model="{name}"}}'):
        fact = f"{prometheus.url} records no drift of {name}"
        remedy = "load monitoring/rules.yml there; a server that has just started takes two evaluations"
        raise problem("MONITOR022", fact, remedy)
