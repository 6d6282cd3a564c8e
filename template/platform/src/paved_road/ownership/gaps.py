"""What nobody owns: the part of the rules that asks whether somebody is there at all."""

from collections.abc import Callable, Iterator

from paved_road.findings import Finding
from paved_road.ownership import file_rules, matrix_rules
from paved_road.ownership.tree import Ownership


def find(held: Ownership) -> dict[str, list[Finding]]:
    """Every gap by what it is a gap of: files, alerts, activities (and requests), roles."""
    return {kind: list(rule(held)) for kind, rule in KINDS.items()}


def _alerts(held: Ownership) -> Iterator[Finding]:
    yield from matrix_rules.check_alerts_reach_somebody(held.raci)
    yield from file_rules.check_alert_rules_known(held)


def _activities(held: Ownership) -> Iterator[Finding]:
    unanswered = {entry.line for entry in held.raci.entries if not entry.roles("A")}
    yield from (one for one in matrix_rules.check_single_accountable(held.raci) if one.line in unanswered)
    yield from matrix_rules.check_somebody_responsible(held.raci)


def _roles(held: Ownership) -> Iterator[Finding]:
    yield from matrix_rules.check_held_by_a_team(held.raci)


KINDS: dict[str, Callable[[Ownership], Iterator[Finding]]] = {
    "files": file_rules.check_everything_owned,
    "alerts": _alerts,
    "activities": _activities,
    "roles": _roles,
}
