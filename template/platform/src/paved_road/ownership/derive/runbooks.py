"""``docs/runbooks/``: who is paged, at the top of every runbook, and an index; the rest of a runbook is the team's."""

import re
from pathlib import Path
from typing import Any

import msgspec

from paved_road.findings import problem
from paved_road.ownership import alert_rules, lookup
from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci
from paved_road.ownership.tree import Tree

FOLDER = "docs/runbooks"
INDEX = f"{FOLDER}/README.md"
_BLOCK = re.compile(r"<!-- Derived from raci\.yml and monitoring/ .*?<!-- End of what is derived\. -->\n?", re.DOTALL)
_HEADING = re.compile(r"\A(# .*\n)?\n?")


def render(raci: Raci, root: Path) -> dict[str, str]:
    """The text of the index and of every runbook that is there, by path; `raci` breaks no rule.

    Raises:
        Problem: a runbook cannot be read, or holds more than one derived block.
    """
    severities = _severities(root)
    told = [_alert(activity.letters, alert.name, alert.runbook, severities) for activity, alert in lookup.alerts(raci)]
    roles = {"roles": msgspec.to_builtins(raci.roles)}
    found = {INDEX: template.render("runbooks.j2", raci=roles, told=told)}
    for path in dict.fromkeys(each["runbook"] for each in told):
        if _is_kept(path) and (root / path).is_file():
            ours = [each for each in told if each["runbook"] == path]
            found[path] = _with_block(root, path, template.render("runbook.j2", raci=roles, told=ours))
    return found


def _is_kept(path: str) -> bool:
    """Whether a runbook has the block; one that lies elsewhere is nobody's business here."""
    return path.startswith(f"{FOLDER}/") and path.endswith(".md") and path != INDEX


def _alert(letters: Any, name: str, runbook: str, severities: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "name": name,
        "runbook": runbook,
        "activity": {"letters": letters},
        "severities": severities.get(name, []),
    }


def _severities(root: Path) -> dict[str, list[str]]:
    """Of every alert that a rule of this repository can fire, the gravest as the rules have them first."""
    files = sorted(path.relative_to(root).as_posix() for path in (root / alert_rules.FOLDER).rglob("*.y*ml"))
    found: dict[str, list[str]] = {}
    for rule in alert_rules.defined(Tree(root, files)):
        if rule.severity and rule.severity not in found.setdefault(rule.alert, []):
            found[rule.alert].append(rule.severity)
    return found


def _with_block(root: Path, path: str, block: str) -> str:
    """A runbook with the block in its place; one that has none gets it below its heading."""
    try:
        text = (root / path).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise problem("OWNERS002", f"cannot be read: {error}", "it must be a text file in UTF-8", path=path) from error
    places = list(_BLOCK.finditer(text))
    if len(places) > 1:
        line = text.count("\n", 0, places[1].start()) + 1
        raise problem("OWNERS002", "has a second derived block", "take one of the two out", path=path, line=line)
    if places:
        return text[: places[0].start()] + block + text[places[0].end() :]
    heading = _HEADING.match(text)
    end = heading.end() if heading else 0
    return f"{text[:end].rstrip(chr(10))}{chr(10) * 2 if end else ''}{block}\n{text[end:]}"
