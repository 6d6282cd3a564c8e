"""The owner's label on every Kubernetes object: the team that answers for ``deploy/``."""

from paved_road.ownership import lookup
from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = "deploy/owner/kustomization.yaml"
USED_BY = "deploy/base/kustomization.yaml"


def render(raci: Raci) -> str:
    """The kustomize component that adds the label."""
    return template.render("deployment.j2", team=lookup.operator(raci).team)
