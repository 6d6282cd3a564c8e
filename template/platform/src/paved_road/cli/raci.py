"""`road raci`: who owns what, checked and derived."""

import click

from paved_road import project
from paved_road.cli.output import finish, json_option


@click.group()
def raci() -> None:
    """Check raci.yml, and derive CODEOWNERS from it.

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
    """Write .github/CODEOWNERS from raci.yml.

    \b
    Examples:
      road raci sync
      road raci sync --check    in CI: refuse when somebody forgot to
    """
    from paved_road.ownership.derive import codeowners
    from paved_road.ownership.raci import load

    here = project.find()
    text = codeowners.render(load(here.raci))
    differs = codeowners.drift(here.root, text)
    if differs and not only_check:
        codeowners.write(here.root, text)
    success = f"{codeowners.PATH} {'written' if differs else 'is what raci.yml says'}"
    finish(differs if only_check else [], as_json, success, changed=bool(differs) and not only_check)
