"""`road deploy sync`."""

from functools import partial

import click

from paved_road import project
from paved_road.cli import output
from paved_road.cli.output import check_option, finish, json_option


@click.group()
def deploy() -> None:
    """Ask a cluster for what was measured, and hold a canary to what was promised.

    \b
    Example:
      road deploy sync
    """


@deploy.command()
@check_option
@json_option
def sync(only_check: bool, as_json: bool) -> None:
    """Write what of deploy/ follows from handoff/manifest.json, contracts/model.yml and raci.yml.

    \b
    deploy/sized/kustomization.yaml   requests, limits and the autoscaler's bounds, as measured and as granted
    deploy/canary/analysis.yaml       what a canary must keep before it takes more traffic
    deploy/observed/rules.yaml        monitoring/rules.yml for Prometheus' operator

    \b
    Examples:
      road handoff build && road deploy sync
      road deploy sync --check     in CI: refuse when somebody forgot to
    """
    from paved_road.deployment import files

    here = project.find()
    drift = partial(files.drift, here)
    found, said, changed = output.sync(here.root, files.derive(here), drift, only_check=only_check)
    finish(found, as_json, said, changed=changed)
