"""Ownership gaps of a repository: what its `raci.yml` leaves open, and where CODEOWNERS says something else.

`raci.yml` is read by this repository's own `paved_road`: its rules are the same for the whole fleet, and nothing that a
repository brings along is run. Of CODEOWNERS only the owners count: a comment that a later version words otherwise is
no gap.
"""

from pathlib import Path

from paved_road import documents
from paved_road.findings import Finding, Problem
from paved_road.ownership import file_rules, lint, raci
from paved_road.ownership.derive import codeowners
from paved_road.ownership.tree import Ownership, Tree

from fleet.snapshot import CODEOWNERS, RACI, Snapshot


def gaps(seen: Snapshot) -> list[str]:
    """One sentence for each gap."""
    if RACI not in seen.texts:
        return [f"no {RACI}: nobody is named"]
    try:
        owners = raci.read(documents.parse(seen.texts[RACI], RACI, "RACI015"))
    except Problem as error:
        return [_sentence(found) for found in error.findings]
    found = [finding for finding in lint.check_matrix(owners) if finding.level == "error"]
    held = Ownership(owners, Tree(Path(), sorted(seen.tree)))
    unowned = list(file_rules.check_everything_owned(held)) if not seen.partial else []
    lagging = [] if found else _out_of_step(owners, seen)
    return [*map(_sentence, [*found, *unowned]), *lagging]


def _out_of_step(owners: raci.Raci, seen: Snapshot) -> list[str]:
    if CODEOWNERS not in seen.texts:
        return [f"no {CODEOWNERS}: GitHub asks nobody for a review"]
    if _owners(seen.texts[CODEOWNERS]) == _owners(codeowners.render(owners)):
        return []
    return [f"{CODEOWNERS} names others than {RACI}: `road raci sync` was not run"]


def _owners(text: str) -> list[list[str]]:
    lines = (line.split("#", 1)[0].split() for line in text.splitlines())
    return [line for line in lines if line]


def _sentence(found: Finding) -> str:
    return f"{found.place} {found.fact}".strip()
