"""A report for people and for machines: a table, JSON, a page."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fleet.row import CONCERNS, Row
from fleet.template import Release

_WIDTH = 120


def summary(rows: list[Row]) -> dict[str, int]:
    """How many repositories there are, and how many of them have each concern."""
    counts: dict[str, int] = {concern: sum(concern in row.concerns for row in rows) for concern in CONCERNS}
    good = sum(row.state == "read" and not row.concerns for row in rows)
    return {"repositories": len(rows), "in order": good, **counts}


def as_json(rows: list[Row], newest: Release) -> str:
    """A document for machines."""
    found = [{**asdict(row), "concerns": row.concerns} for row in rows]
    document = {"newest": newest.name, "summary": summary(rows), "repositories": found}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def table(rows: list[Row], newest: Release) -> str:
    """A table for a terminal, with what is wrong in words below it."""
    shown = Table(box=None, pad_edge=False)
    for title in ("Repository", "Version", "Behind", "Drift", "Gates", "Ownership"):
        shown.add_column(title, overflow="fold")
    for row in rows:
        shown.add_row(*(escape(cell) for cell in cells(row)))
    text = StringIO()
    console = Console(file=text, width=_WIDTH, highlight=False)
    console.print(shown)
    counts = ", ".join(f"{count} {name}" for name, count in summary(rows).items())
    details = [f"{row.repository}: {fact}" for row in rows for fact in facts(row)]
    lines = [*([""] if details else []), *details, "", f"The newest release is {newest.name}. {counts}."]
    return _printable(text.getvalue() + "\n".join(lines))


def page(rows: list[Row], newest: Release) -> str:
    """A page that needs no network and no script."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html.j2").render(
        rows=rows, cells=cells, facts=facts, newest=newest, summary=summary(rows), now=datetime.now(UTC)
    )


def cells(row: Row) -> tuple[str, ...]:
    """A row's cells, short."""
    if row.state != "read":
        return row.repository, row.state, *("–",) * 4
    behind = "not known" if row.versions_behind is None else _age(row.versions_behind, row.days_behind or 0)
    drift = "not known" if row.drift_unknown and not row.drift else _count(len(row.drift), "file")
    marks: dict[Any, str] = {"good": "good", "failing": "failing", "unknown": "not known"}
    return row.repository, row.version, behind, drift, marks[row.gates], _count(len(row.ownership), "gap")


def facts(row: Row) -> list[str]:
    """What a platform engineer has to know beyond the cells, a sentence each."""
    drifted = [f"differs from the template: {path}" for path in row.drift]
    unknown = [f"drift is not known: {row.drift_unknown}"] if row.drift_unknown else []
    failing = [f"gate fails: {fact}" for fact in row.gate_facts] if row.gates == "failing" else []
    return [*([row.reason] if row.reason else []), *drifted, *unknown, *failing, *row.ownership]


def _age(versions: int, days: int) -> str:
    return f"{_count(versions, 'version')}, {_count(days, 'day')}" if versions else "–"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else "–"


def _printable(text: str) -> str:
    """What a repository says must not steer a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)
