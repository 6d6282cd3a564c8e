"""The chart as one HTML page, for a browser, a mail or a wall."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from paved_road import pages
from paved_road.ownership import lookup
from paved_road.ownership.raci import Activity, Raci, Request, Role

LOOPS = {
    "science": "Science Loop",
    "handoff": "Handoffs",
    "system": "System Loop",
    "platform": "Platform",
    "product": "Product",
}
_TEMPLATE = Path(__file__).with_name("page.html.j2")
_STYLES = ("base", "head", "sections", "tables", "ownership", "print")


def render(raci: Raci, project: str) -> str:
    """The page as text; the same matrix gives the same page."""

    def columns_of(entries: Iterable[Activity | Request]) -> list[Role]:
        holding = {role for entry in entries for role in entry.letters}
        return [role for key, role in raci.roles.items() if key in holding]

    return pages.render(
        _TEMPLATE,
        _STYLES,
        project=project,
        groups=_groups(raci),
        columns_of=columns_of,
        alerts=list(_alerts(raci)),
        roles=list(raci.roles.values()),
    )


def _groups(raci: Raci) -> dict[str, list[Activity] | list[Request]]:
    """Activities by loop, then requests; what is empty is left out."""
    groups: dict[str, list[Activity] | list[Request]] = {
        title: [activity for activity in raci.activities.values() if activity.loop == loop]
        for loop, title in LOOPS.items()
    }
    groups["Requests"] = list(raci.requests.values())
    return {title: entries for title, entries in groups.items() if entries}


def _alerts(raci: Raci) -> Iterable[dict[str, Any]]:
    for activity, alert in lookup.alerts(raci):
        yield {
            "name": alert.name,
            "activity": activity.name,
            "runbook": alert.runbook,
            "first": lookup.holding(raci, activity, "R"),
            "answering": lookup.holding(raci, activity, "A"),
        }
