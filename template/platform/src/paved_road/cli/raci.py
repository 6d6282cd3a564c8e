"""`road raci`: who owns what, checked and derived."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paved_road import __version__, project
from paved_road.cli.output import check_option, finish, json_option
from paved_road.cli.ownership_chart import chart
from paved_road.cli.raci_table import import_, show
from paved_road.cli.review import review
from paved_road.findings import Finding, Problem, as_sarif

if TYPE_CHECKING:
    from paved_road.ownership.derive.files import Derived


@click.group()
def raci() -> None:
    """Check raci.yml, and derive from it what else says who owns what.

    \b
    Example:
      road raci check && road raci sync
    """


@raci.command()
@click.option("--sarif", type=click.Path(path_type=Path, dir_okay=False), help="Also write a report for code scanning.")
@json_option
def check(sarif: Path | None, as_json: bool) -> None:
    """Hold raci.yml against its rules and against the files that git tracks.

    \b
    Exactly one role accountable, somebody responsible, every role held by a team, every file owned,
    every alert with a runbook and somebody who hears it, and what science may not be paged for.

    \b
    Examples:
      road raci check
      road raci check --sarif raci.sarif    for GitHub's upload-sarif
    """
    from paved_road.ownership import lint
    from paved_road.ownership.raci import load

    here = project.find()
    try:
        matrix = load(here.raci)
        found = lint.check(matrix, here.root)
    except Problem as error:
        _scanned(sarif, error.findings)
        raise
    _scanned(sarif, found)
    finish(found, as_json, f"raci.yml: {len(matrix.activities)} activities, every tracked file has an owner")


def _scanned(sarif: Path | None, found: Sequence[Finding]) -> None:
    """Write the report for code scanning: also where raci.yml could not be read, for that is a finding too."""
    from paved_road import files
    from paved_road.ownership.lint import CODES
    from paved_road.ownership.raci import PATH

    if sarif is not None:
        files.write(sarif, (as_sarif(found, CODES, __version__, PATH) + "\n").encode())


@raci.command()
@check_option
@json_option
def sync(only_check: bool, as_json: bool) -> None:
    """Write what raci.yml says into every other place that says who owns what.

    \b
    .github/CODEOWNERS               who reviews what
    .github/rulesets/main.json       what GitHub asks for before a change reaches the main branch
    .github/ISSUE_TEMPLATE/          a form for every request
    docs/ownership.md                the chart
    monitoring/alertmanager.yml      who is told of which alert
    docs/runbooks/                   an index, and who is paged at the top of every runbook
    deploy/owner/kustomization.yaml  the owner's label on every Kubernetes object
    infra/repository/                whom Terraform gives access, and whose approval GitHub asks for
    catalog-info.yaml                spec.owner, and nothing else in it

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
    said = (f"{each.path} {_done(each) if each in differs else 'is what raci.yml says'}" for each in derived)
    found = [finding for findings in differs.values() for finding in findings] if only_check else []
    finish(found, as_json, "\n".join(said), changed=bool(differs) and not only_check)


def _done(derived: "Derived") -> str:
    return "removed" if derived.text is None else "written"


raci.add_command(import_)
raci.add_command(show)
raci.add_command(chart)
raci.add_command(review)
