"""Holds ``raci.yml`` against its rules, and against the files that git tracks."""

from pathlib import Path

from paved_road.findings import Finding
from paved_road.ownership.file_rules import FILE_RULES
from paved_road.ownership.matrix_rules import MATRIX_RULES
from paved_road.ownership.raci import Raci
from paved_road.ownership.tree import Ownership, Tree, tracked

CODES = {
    "RACI001": "Exactly one role answers for each activity and request",
    "RACI002": "At least one role does the work",
    "RACI003": "Every role that is named is described",
    "RACI004": "Every role is held by a team that GitHub can ask",
    "RACI005": "Every tracked file has an owner",
    "RACI006": "Every path matches a tracked file",
    "RACI007": "Alerts wake the System Loop, unless an exception says why not",
    "RACI008": "Every role takes part in something",
    "RACI009": "Letters are R, A, C, I, or RA",
    "RACI010": "Every alert has a runbook that is there",
    "RACI011": "GitHub reads every path as it is meant",
    "RACI012": "A handoff has two sides, and both work on it",
    "RACI013": "A path or an alert belongs to one activity",
    "RACI014": "A special path stands below the general one",
    "RACI015": "raci.yml is readable YAML",
    "RACI016": "raci.yml keeps its schema",
    "RACI017": "git says which files there are",
    "RACI018": "A name in any folder takes files out of other activities' folders",
    "RACI019": "Answering is shared among roles and people",
    "RACI020": "Whoever answers for an alert can be reached",
    "RACI021": "Every alert that a rule can fire belongs to an activity",
    "RACI022": "Escalation ends with somebody",
    "RACI023": "CODEOWNERS is no longer than GitHub reads",
    "RACI024": "A team has one number",
    "RACI025": "Every alert can be fired by a rule",
    "RACI026": "Every runbook has an alert that leads to it",
}
"""What each code stands for: one sentence that is true of a file that keeps the rule."""


def check(raci: Raci, root: Path) -> list[Finding]:
    """Hold ``raci.yml`` against all rules, and against the files that git tracks.

    Raises:
        Problem: git cannot say what it tracks.
    """
    held = Ownership(raci, Tree(root, tracked(root)))
    return [*check_matrix(raci), *check_files(held)]


def check_matrix(raci: Raci) -> list[Finding]:
    """Hold ``raci.yml`` against the rules that need nothing but the file."""
    return [finding for rule in MATRIX_RULES for finding in rule(raci)]


def check_files(held: Ownership) -> list[Finding]:
    """Hold ``raci.yml`` against the rules about the files of its repository."""
    return [finding for rule in FILE_RULES for finding in rule(held)]
