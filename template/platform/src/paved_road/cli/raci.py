"""`road raci`: who owns what, checked and derived."""

import click

from paved_road import project
from paved_road.cli.output import finish, json_option


@click.group()
def raci() -> None:
    """Check raci.yml, and derive from it what else says who owns what.

    \b
    Example:
      road raci check && road raci sync
    """


@raci.command()
@json_option
def check(as_json: bool) -> None:
    """Hold raci.yml against its rules and against the files that git tracks.

    \b
    Exactly one role accountable, somebody responsible, every role held by a team, every file owned,
    every alert with a runbook, and what science may not be paged for.

    \b
    Example:
      road raci check
    """
    from paved_road.ownership import lint
    from paved_road.ownership.raci import load

    here = project.find()
    matrix = load(here.raci)
    found = lint.check(matrix, here.root)
    finish(found, as_json, f"raci.yml: {len(matrix.activities)} activities, every tracked file has an owner")


@raci.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something would change.")
@json_option
def sync(only_check: bool, as_json: bool) -> None:
    """Write what raci.yml says into every other place that says who owns what.

    \b
    .github/CODEOWNERS                who reviews what
    deploy/owner/kustomization.yaml   the owner's label on every Kubernetes object
    catalog-info.yaml                 spec.owner, and nothing else in it

    \b
    Examples:
      road raci sync
      road raci sync --check    in CI: refuse when somebody forgot to
    """
    from paved_road.ownership.derive import files
    from paved_road.ownership.raci import load

    here = project.find()
    derived = files.derive(load(here.raci), here.root)
    differs = {each: found for each in derived if (found := files.drift(here.root, each))}
    if not only_check:
        for each in differs:
            files.write(here.root, each)
    said = (f"{each.path} {'written' if each in differs else 'is what raci.yml says'}" for each in derived)
    found = [finding for findings in differs.values() for finding in findings] if only_check else []
    finish(found, as_json, "\n".join(said), changed=bool(differs) and not only_check)
