"""Every file of ``deploy/`` that is derived: what it should hold, and how it differs."""

from collections.abc import Iterator

from paved_road import documents, files
from paved_road.contracts import model
from paved_road.contracts.model import ModelContract
from paved_road.deployment import canary, sizing
from paved_road.findings import Finding, require
from paved_road.handoff import manifest, resources
from paved_road.handoff.manifest import Resources
from paved_road.monitoring.rules import Owned
from paved_road.ownership import raci
from paved_road.project import Project

SIZE = "deploy/sized/kustomization.yaml"
CANARY = "deploy/canary/analysis.yaml"
RULES = "deploy/observed/rules.yaml"
SOURCES = {
    SIZE: f"{manifest.PATH} and {model.PATH}",
    CANARY: model.PATH,
    RULES: f"{model.PATH} and {raci.PATH}",
}


def derive(project: Project) -> dict[str, str]:
    """Every derived file by its path, and what it should hold.

    Raises:
        Problem: a contract or ``raci.yml`` breaks its rules, the manifest has no profile, or what it measured is more
            than the contract grants.
    """
    contract = model.load(project.contracts / "model.yml")
    owned = Owned(contract, raci.load(project.raci), project.settings.repository)
    return texts(owned, _measured(project, contract))


def _measured(project: Project, contract: ModelContract) -> Resources | None:
    """The profile of what was handed over; none before the first handoff."""
    if not (project.handoff / "manifest.json").exists():
        return None
    measured = manifest.load(project.handoff).resources
    require(resources.check(measured, contract))
    return measured


def texts(owned: Owned, measured: Resources | None = None) -> dict[str, str]:
    """As `derive`, of rules that have owners and of a profile."""
    rules = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "serving"}}
    told = {
        SIZE: sizing.component(sizing.size(owned.contract, measured)),
        CANARY: canary.template(owned.contract),
        RULES: rules | {"spec": owned.document()},
    }
    return {path: f"{_header(path)}\n{documents.render(document)}" for path, document in told.items()}


def _header(path: str) -> str:
    return f"# Derived from {SOURCES[path]} by `road deploy sync`; do not edit. What differs goes to ../overlays."


def drift(project: Project, path: str, text: str) -> Iterator[Finding]:
    """How the file in a repository differs: nothing, or one finding at the first line that does."""
    difference = files.difference(project.root / path, text)
    if difference:
        fact = difference.said(f"{SOURCES[path]} {'say' if ' and ' in SOURCES[path] else 'says'}")
        yield Finding(code="DEPLOY001", fact=fact, remedy="run `road deploy sync`", path=path, line=difference.line)
