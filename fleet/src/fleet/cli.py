"""The command `fleet`."""

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from paved_road.findings import Problem, as_text, problem

from fleet import listing
from fleet.github import Hub
from fleet.listing import Place
from fleet.row import CONCERNS
from fleet.snapshot import Unreadable
from fleet.template import Template, source

if TYPE_CHECKING:
    from fleet.waves import Standing

HERE = Path(__file__).resolve().parents[3]
"""This repository: the template, unless another one is named."""
TOKEN = "GITHUB_TOKEN"
CACHE = Path(click.get_app_dir("paved-road-fleet"))
"""What was rendered, kept for the next report."""


@cache
def hub() -> Hub:
    """GitHub, as whoever the token in the environment stands for."""
    return Hub(os.environ.get(TOKEN))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def fleet() -> None:
    """Where every repository made from this template stands, and updates in waves. See docs/fleet.md."""


@fleet.command()
@click.argument("repositories", type=click.Path(path_type=Path), required=False)
@click.option("--organization", help="Every repository of this GitHub organisation, in place of a list.")
@click.option("--template", type=click.Path(path_type=Path), default=HERE, help="The template; default: this one.")
@click.option("--also", multiple=True, help="Another address that repositories may have recorded for the template.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of a table.")
@click.option("--page", type=click.Path(path_type=Path), help="Write a page of HTML to this file as well.")
@click.option("--fail-on", help=f"Exit 1 if a repository has one of these: {', '.join(CONCERNS)}.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="Where to keep what was rendered.")
def report(
    repositories: Path | None,
    organization: str | None,
    template: Path,
    also: tuple[str, ...],
    as_json: bool,
    page: Path | None,
    fail_on: str | None,
    cache: Path,
) -> None:
    """Report version, age, drift, gates and ownership of every repository that the file REPOSITORIES lists.

    \b
    Example:
      fleet report fleet.yml --page fleet.html --fail-on gates,ownership
    """
    from fleet import show
    from fleet.report import reader, rows

    concerns = _concerns(fail_on)
    road = Template(template.resolve())
    newest = road.newest  # before anything is read: without a release there is nothing to compare with
    road.sources.update(source(address) for address in also)
    found = rows(_places(repositories, organization), road, reader(hub), cache)
    if page:
        _write(page, show.page(found, newest))
    click.echo(show.as_json(found, newest) if as_json else show.table(found, newest), nl=not as_json)
    if any(set(row.concerns) & concerns for row in found):
        raise click.exceptions.Exit(1)


@fleet.command("open")
@click.argument("repositories", type=click.Path(path_type=Path))
@click.argument("version", metavar="VERSION")
@click.option("--template", type=click.Path(path_type=Path), default=HERE, help="The template; default: this one.")
@click.option("--force", is_flag=True, help="Open the next wave although a pull request of one before is not green.")
@click.option("--dry-run", is_flag=True, help="Say what would be opened, and open nothing.")
def open_(repositories: Path, version: str, template: Path, force: bool, dry_run: bool) -> None:
    """Open the next wave of updates to VERSION among the repositories that the file REPOSITORIES lists.

    Each repository's own workflow platform-update proposes it. Run the command again for the wave after: it is opened
    once the pull requests of those before are green.

    \b
    Example:
      fleet open fleet.yml v1.0.0 --dry-run
    """
    from fleet import waves

    places, road = listing.read(repositories), Template(template.resolve())
    waves.check(places, version, road)
    for number, standings in waves.waves(places, version, hub(), road):
        missing = [standing for standing in standings if standing.stand == "missing"]
        waiting = [standing for standing in standings if not standing.done]
        click.echo("\n".join(f"wave {number}  {each.place.name}  {each.fact}" for each in standings))
        if missing:
            _start(missing, version, dry_run)
            return
        if waiting and not force:
            raise problem(
                "FLEET008",
                f"wave {number} is not green: {', '.join(each.place.name for each in waiting)}",
                "wait for its checks, mend what fails, or go on with --force",
            )
    click.echo(f"every repository follows {version}, or has a pull request for it")


def _start(missing: list["Standing"], version: str, dry_run: bool) -> None:
    """Start the workflow of each; one that refuses does not keep the others."""
    from fleet import waves

    refused = []
    for standing in missing:
        name = standing.place.name
        try:
            if not dry_run:
                waves.start(standing, version, hub())
            click.echo(f"{'would open' if dry_run else 'opened'}  {name}  {version}")
        except Unreadable as error:
            refused.append(f"{name}: {error}")
    if refused:
        remedy = f"{TOKEN} needs `actions: write` there, and the repository the workflow {waves.WORKFLOW}"
        raise problem("FLEET009", f"not opened: {'; '.join(refused)}", remedy)


def _places(repositories: Path | None, organization: str | None) -> list[Place]:
    if (repositories is None) == (organization is None):
        raise problem(
            "FLEET001",
            "no list of repositories" if repositories is None else "both a list and --organization",
            "name a file, or an organisation with --organization",
        )
    if repositories:
        return listing.read(repositories)
    try:
        names = [each["full_name"] for each in hub().organization(str(organization))]
    except Unreadable as error:
        raise problem("FLEET004", f"{organization}: {error}", f"mend its name, or the token in {TOKEN}") from error
    if not names:
        fact = f"{organization} has no repository that this token may see"
        raise problem("FLEET004", fact, f"set {TOKEN} to one that may")
    return [Place(name, "github", name) for name in sorted(names)]


def _concerns(said: str | None) -> set[str]:
    concerns = {word.strip() for word in said.split(",")} if said else set()
    if unknown := concerns - set(CONCERNS):
        fact = f"--fail-on: nothing is known of {', '.join(sorted(unknown))}"
        raise problem("FLEET005", fact, f"choose from {', '.join(CONCERNS)}")
    return concerns


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise problem(
            "FLEET006", f"cannot be written: {error.strerror}", "name another file", path=str(page)
        ) from error


def main() -> None:
    """Run it; what is refused is said in one message, without a traceback."""
    try:
        fleet()
    except Problem as error:
        click.echo(as_text(error.findings), err=True)
        sys.exit(1)
