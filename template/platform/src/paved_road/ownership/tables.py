"""RACI tables as wikis and spreadsheets have them: activities down, roles across, letters in the cells."""

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from paved_road.findings import Finding, Problem, problem
from paved_road.ownership.raci import Letter, Raci, spelling

_NOTHING = frozenset({"", "-", "–", "—", "n/a"})
_CELL_ENDS = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Row:
    """What a table says about one activity or request.

    Attributes:
        name: of the activity or request.
        line: in the table's file.
        letters: by role, what its cell has; empty where the role has no letter.
    """

    name: str
    line: int
    letters: dict[str, str]


@dataclass(frozen=True)
class _Line:
    number: int
    cells: list[str]


def read(file: Path, shown: str, raci: Raci) -> list[Row]:
    """The rows of a CSV or Markdown file.

    Raises:
        Problem: it cannot be read or has no such table, a column is no role, or a row does not fit, with its line.
    """
    text = _text(file, shown)
    tables = list(_markdown(text) if file.suffix.lower() in (".md", ".markdown") else _csv(text, shown))
    known = _columns(raci)
    tables = [table for table in tables if any(cell.casefold() in known for cell in table[0].cells[1:])]
    if not tables:
        roles = ", ".join(role.title for role in raci.roles.values())
        remedy = f"name the activities in the first column and roles in the others: {roles}"
        raise problem("TABLE001", "has no table with a column for a role of raci.yml", remedy, path=shown)
    found: list[Finding] = []
    rows = [row for table in tables for row in _rows(table, known, shown, found)]
    found += _twice(rows, shown)
    if found:
        raise Problem(*found)
    return rows


def markdown(raci: Raci) -> str:
    """The matrix as a Markdown table; `read` takes it back."""
    head, *rows = ([cell.replace("|", r"\|") for cell in line] for line in _lines(raci))
    rule = ["---", *[":-:" for _ in head[1:]]]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *rows)) + "\n"


def as_csv(raci: Raci) -> str:
    """The matrix as CSV; `read` takes it back."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(_lines(raci))
    return stream.getvalue()


def _lines(raci: Raci) -> Iterator[list[str]]:
    roles = [key for key in raci.roles if any(key in entry.letters for entry in raci.entries)]
    yield ["Activity", *roles]
    for entry in raci.entries:
        yield [entry.name, *(entry.letters.get(key, "") for key in roles)]


def _text(file: Path, shown: str) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise problem("TABLE001", "is missing", "name a CSV or Markdown file", path=shown) from None
    except (OSError, UnicodeDecodeError) as error:
        raise problem("TABLE001", f"cannot be read: {error}", "save it as text in UTF-8", path=shown) from error


def _csv(text: str, shown: str) -> Iterator[list[_Line]]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    lines, start = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(_Line(start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise problem("TABLE001", f"is not CSV: {error}", "mend that line", path=shown, line=start) from error
    if lines:
        yield lines


def _markdown(text: str) -> Iterator[list[_Line]]:
    from markdown_it import MarkdownIt

    source = text.splitlines()
    rows: list[_Line] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open" and token.map:
            rows.append(_Line(token.map[0] + 1, _cells(source[token.map[0]])))
        elif token.type == "table_close":
            yield rows


def _cells(line: str) -> list[str]:
    """The cells of a Markdown row: as written, for a parser drops those that a row has too many."""
    inner = re.sub(r"^\s*>?\s*\||(?<!\\)\|\s*$", "", line)
    return [cell.replace(r"\|", "|").strip().strip("*`").strip() for cell in _CELL_ENDS.split(inner)]


def _columns(raci: Raci) -> dict[str, str]:
    """Role by what a column may call it: its key or its title."""
    titles = {role.title.casefold(): key for key, role in raci.roles.items()}
    return titles | {key.replace("-", " "): key for key in raci.roles} | {key: key for key in raci.roles}


def _rows(table: list[_Line], known: dict[str, str], shown: str, found: list[Finding]) -> Iterator[Row]:
    head, *lines = table
    roles = [known.get(cell.casefold(), "") for cell in head.cells[1:]]
    found += _unknown(head, known, shown)
    found += [
        Finding(
            code="TABLE002", fact=f"two columns are the role {role}", remedy="keep one", path=shown, line=head.number
        )
        for role, count in Counter(roles).items()
        if role and count > 1
    ]
    for line in lines:
        if len(line.cells) == len(head.cells):
            cells = {role: cell for role, cell in zip(roles, line.cells[1:], strict=True) if role}
            found += _no_letters(line, cells, shown)
            yield Row(line.cells[0], line.number, {role: _letter(cell) or "" for role, cell in cells.items()})
        else:
            fact = f"{line.cells[0]}: {len(line.cells)} cells, the table has {len(head.cells)} columns"
            remedy = "write one cell for each column, an empty one where a role has no letter"
            found.append(Finding(code="TABLE003", fact=fact, remedy=remedy, path=shown, line=line.number))


def _no_letters(line: _Line, cells: dict[str, str], shown: str) -> Iterator[Finding]:
    for role, cell in cells.items():
        if _letter(cell) is None:
            fact, remedy = f"{line.cells[0]}: {role} has {cell!r}", "write R, A, C, I, R/A, or nothing"
            yield Finding(code="TABLE004", fact=fact, remedy=remedy, path=shown, line=line.number)


def _unknown(head: _Line, known: dict[str, str], shown: str) -> Iterator[Finding]:
    for cell in head.cells[1:]:
        if cell.casefold() not in known:
            close = difflib.get_close_matches(cell.casefold(), known, n=1)
            meant = f"did you mean {known[close[0]]}? " if close else ""
            remedy = f"{meant}Name a role of raci.yml, describe it there first, or take the column out"
            fact = f"the column {cell!r} is no role"
            yield Finding(code="TABLE002", fact=fact, remedy=remedy, path=shown, line=head.number)


def _letter(cell: str) -> str | None:
    """The letter of a cell, empty for none; None if it is no letter."""
    if cell.casefold() in _NOTHING:
        return ""
    letter = spelling(re.sub(r"[*`_]", "", cell))
    return letter if letter in get_args(Letter) else None


def _twice(rows: list[Row], shown: str) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for row in rows:
        if row.name.casefold() in first:
            fact = f"{row.name}: stands in the table twice (first on line {first[row.name.casefold()]})"
            yield Finding(code="TABLE005", fact=fact, remedy="keep one", path=shown, line=row.line)
        first.setdefault(row.name.casefold(), row.line)
