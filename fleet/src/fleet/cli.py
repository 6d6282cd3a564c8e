"""The command `fleet`."""

import os
import sys
from functools import cache
from pathlib import Path

import click
from paved_road.findings import Problem, as_text, problem

from fleet import listing
from fleet.github import Hub
from fleet.listing import Place
from fleet.row import CONCERNS
from fleet.snapshot import Unreadable
from fleet.template import Template, source

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
