"""Every file that is derived from the contract and ``raci.yml``: what it should hold, and how it differs."""

from collections.abc import Iterator

from paved_road import documents, files
from paved_road.contracts import model
from paved_road.findings import Finding
from paved_road.monitoring import rule_tests
from paved_road.monitoring.dashboard import Screen
from paved_road.monitoring.rules import Owned
from paved_road.ownership import raci
from paved_road.project import Project

RULES = "monitoring/rules.yml"
TESTS = "monitoring/rules.test.yml"
DASHBOARD = "monitoring/dashboard.json"
_SOURCES = "contracts/model.yml and raci.yml"
_DERIVED = f"# Derived from {_SOURCES} by `road monitor sync`; do not edit. Rules of your own go to a file beside it."


def derive(project: Project) -> dict[str, str]:
    """Every derived file by its path, and what it should hold.

    Raises:
        Problem: the contract or ``raci.yml`` breaks its rules, or an alert has no owner.
    """
    contract = model.load(project.contracts / "model.yml")
    return texts(Owned(contract, raci.load(project.raci), project.settings.repository))


def texts(owned: Owned) -> dict[str, str]:
    """As `derive`, of rules that have owners."""
    told = {RULES: owned.document(), TESTS: rule_tests.document(owned)}
    found = {path: f"{_DERIVED}\n{documents.render(document)}" for path, document in told.items()}
    return found | {DASHBOARD: Screen(owned.contract, owned.raci, owned.repository).text()}


def drift(project: Project, path: str, text: str) -> Iterator[Finding]:
    """How the file in a repository differs: nothing, or one finding at the first line that does."""
    difference = files.difference(project.root / path, text)
    if difference:
        remedy = "run `road monitor sync`"
        fact = difference.said(f"{_SOURCES} say")
        yield Finding(code="MONITOR002", fact=fact, remedy=remedy, path=path, line=difference.line)
