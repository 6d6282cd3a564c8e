"""A RACI table becomes letters of ``raci.yml``: what it changes, and the text with these changes."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from paved_road import documents
from paved_road.findings import Finding, Problem
from paved_road.ownership import edits
from paved_road.ownership.letters import holders, one_answers, somebody_works
from paved_road.ownership.lint import check_matrix
from paved_road.ownership.raci import PATH, Activity, Name, Raci, Request, read
from paved_road.ownership.tables import Row


@dataclass(frozen=True)
class Import:
    """What a table changes.

    Attributes:
        text: of ``raci.yml`` afterwards.
        differences: one line for each change, for people.
    """

    text: str
    differences: list[str]


@dataclass(frozen=True)
class _Plan:
    changed: dict[str, dict[str, str]] = field(default_factory=dict)
    added: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)


def apply(text: str, rows: list[Row], shown: str) -> Import:
    """Bring the rows of a table into the text of ``raci.yml``; what the table does not name stays.

    Raises:
        Problem: ``raci.yml`` would break a rule that it keeps now; the finding names the table's line.
    """
    raci = read(documents.parse(text, PATH, "RACI015"))
    plan, refused = _Plan(), list[Finding]()
    known = {entry.name.casefold(): entry for entry in raci.entries}
    for row in rows:
        entry = known.get(row.name.casefold())
        letters = _merged(entry.letters if entry else {}, row.letters)
        refused += _row_findings(row, letters, shown)
        _plan(plan, raci, row, entry, letters)
    if refused:
        raise Problem(*refused)
    after = edits.apply(text, plan.changed, plan.added)
    _require_no_new_findings(raci, read(documents.parse(after, PATH, "RACI015")), plan, shown)
    return Import(after, plan.differences)


def _merged(before: Mapping[str, str], row: dict[str, str]) -> dict[str, str]:
    letters = {role: row.get(role, letter) for role, letter in before.items()}
    return {role: letter for role, letter in {**letters, **row}.items() if letter}


def _plan(plan: _Plan, raci: Raci, row: Row, entry: Activity | Request | None, letters: dict[str, str]) -> None:
    if entry is None:
        answering = next(iter(holders(letters, "A")), None)
        loop = raci.roles[answering].loop if answering else "product"
        plan.added[row.name] = (loop, letters)
        plan.lines[row.name] = row.line
        plan.differences.append(f"{row.name}: new, in the loop of {answering}: {loop}{_meant(raci, row.name)}")
        return
    plan.lines[entry.name] = row.line
    if letters != entry.letters:
        plan.changed[entry.name] = letters
    for role in {**entry.letters, **letters}:
        before, after = entry.letters.get(role, "nothing"), letters.get(role, "nothing")
        if before != after:
            plan.differences.append(f"{entry.name}: {role} {before} -> {after}")


def _meant(raci: Raci, name: str) -> str:
    close = difflib.get_close_matches(name, [entry.name for entry in raci.entries], n=1, cutoff=0.7)
    return f" (or did you mean {close[0]}?)" if close else ""


def _row_findings(row: Row, letters: dict[str, str], shown: str) -> list[Finding]:
    def finding(fact: str, remedy: str) -> Finding:
        return Finding(code="TABLE006", fact=f"{row.name}: {fact}", remedy=remedy, path=shown, line=row.line)

    found = []
    answering = holders(letters, "A")
    if broken := one_answers(answering):
        unseen = [role for role in answering if role not in row.letters]
        kept = f"; {unseen[0]} has no column, and keeps its letter" if unseen else ""
        found.append(finding(broken.fact, f"{broken.remedy}{kept}"))
    if broken := somebody_works(holders(letters, "R")):
        found.append(finding(*broken))
    try:
        msgspec.convert(row.name, Name)
    except msgspec.ValidationError:
        found.append(finding("is no name for an activity", "1 to 80 characters on one line, no # at its start"))
    return found


def _require_no_new_findings(before: Raci, after: Raci, plan: _Plan, shown: str) -> None:
    """What was wrong already may stay wrong; a table makes nothing worse."""
    known = {(one.code, one.fact) for one in check_matrix(before)}
    worse = [one for one in check_matrix(after) if one.level == "error" and (one.code, one.fact) not in known]
    if worse:
        lines = (plan.lines.get(one.fact.partition(":")[0]) for one in worse)
        raise Problem(
            *(msgspec.structs.replace(one, path=shown, line=line) for one, line in zip(worse, lines, strict=True))
        )
