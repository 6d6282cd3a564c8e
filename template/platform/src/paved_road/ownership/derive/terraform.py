"""``ownership.auto.tfvars.json``: whom Terraform gives access, and whose approval it makes GitHub ask for.

Terraform could read ``raci.yml`` itself, but not its order, and of two patterns the lower one wins.
"""

import msgspec

from paved_road.ownership import lookup
from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = "infra/repository/ownership.auto.tfvars.json"
USED_BY = "infra/modules/repository/main.tf"


def render(raci: Raci) -> str:
    """Values of the variable ``ownership``.

    Raises:
        Problem: nobody owns ``deploy/``, so nobody could approve a deployment.
    """
    return template.render("terraform.j2", raci=msgspec.to_builtins(raci), approver=lookup.operator(raci).team)
