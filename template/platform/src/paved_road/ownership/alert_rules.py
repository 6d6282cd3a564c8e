"""Alerts that this repository's own rules can fire: Prometheus rule files below ``monitoring/``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from paved_road import documents
from paved_road.findings import Problem
from paved_road.ownership.tree import Tree

FOLDER = "monitoring/"


@dataclass(frozen=True)
class AlertRule:
    """A rule that fires an alert, how grave that is, and where it stands."""

    alert: str
    path: str
    line: int
    severity: str = ""


def defined(tree: Tree) -> Iterator[AlertRule]:
    """Every alert rule of the tracked files."""
    for path in tree.files:
        if path.startswith(FOLDER) and path.endswith((".yml", ".yaml")):
            yield from _rules(tree, path)


def _rules(tree: Tree, path: str) -> Iterator[AlertRule]:
    try:
        document = documents.load(tree.root / path, path, "RACI021")
    except Problem:
        # Whether a file is YAML is for the tools that read it to say.
        return
    within = "spec" if isinstance(document.data.get("spec"), dict) else None
    groups = (document.data[within] if within else document.data).get("groups")
    for g, group in _numbered(groups):
        for r, rule in _numbered(group.get("rules")):
            if isinstance(rule.get("alert"), str):
                keys = (*((within,) if within else ()), "groups", g, "rules", r, "alert")
                yield AlertRule(rule["alert"], path, document.line(*keys), _severity(rule.get("labels")))


def _severity(labels: Any) -> str:
    return str(labels.get("severity", "")) if isinstance(labels, dict) else ""


def _numbered(items: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The mappings of a list, with their positions."""
    return ((at, item) for at, item in enumerate(items if isinstance(items, list) else []) if isinstance(item, dict))
