"""The dashboard's words on who owns the model: whom every alert reaches, and where its runbook is."""

from collections.abc import Iterator
from itertools import groupby

from paved_road.monitoring.sources import Sources
from paved_road.ownership import lookup
from paved_road.ownership.raci import Activity, Alert, Raci, Role


def owners(sources: Sources) -> str:
    """A table as Markdown, a row for each activity that has alerts."""
    rows = [_row(sources, activity, alerts) for activity, alerts in _by_activity(sources.raci)]
    head = "| Alerts | Paged first | Answers for it |\n|---|---|---|\n"
    last = 'Roll back: `uv run road release rollback --reason "…"`. Who else: `uv run road who ALERT`.'
    return f"{head}{''.join(f'{row}{chr(10)}' for row in rows)}\n{last}\n"


def _by_activity(raci: Raci) -> Iterator[tuple[Activity, list[Alert]]]:
    for _, pairs in groupby(lookup.alerts(raci), key=lambda pair: pair[0].name):
        together = list(pairs)
        yield together[0][0], [alert for _, alert in together]


def _row(sources: Sources, activity: Activity, alerts: list[Alert]) -> str:
    linked = ", ".join(_link(alert, sources) for alert in alerts)
    cells = (", ".join(_said(role) for role in lookup.holding(sources.raci, activity, letter)) for letter in "RA")
    return f"| {linked} | {' | '.join(cells)} |"


def _link(alert: Alert, sources: Sources) -> str:
    link = sources.link(alert.runbook)
    return f"[{alert.name}]({link})" if "://" in link else alert.name


def _said(role: Role) -> str:
    return ", ".join(part for part in (role.title, role.team, role.contact) if part)
