"""`road release promote | rollback | status | sync`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from paved_road import project
from paved_road.cli.output import finish, json_option
from paved_road.findings import Finding, Problem

if TYPE_CHECKING:
    from paved_road.releases.environment import Environment
    from paved_road.releases.moves import Move

_SHOWN = 5
environment_option: Callable[[Any], Any] = click.option(
    "--to", "name", default="prod", show_default=True, help="Environment: a folder of deploy/overlays/."
)
reason_option: Callable[[Any], Any] = click.option(
    "--reason", required=True, help="Why; written down for good, in git and in the registry."
)


@click.group()
def release() -> None:
    """Say which version an environment serves, go back to the one before, and see who moved it when and why.

    A move changes deploy/overlays/ENVIRONMENT (the image's tag, and one more line in releases.jsonl), the aliases of
    the model registry, and the link .road/live/ENVIRONMENT. Nothing is built.

    \b
    Example:
      road release promote --reason "better recall on small amounts"
    """


@release.command()
@environment_option
@reason_option
@json_option
def promote(name: str, reason: str, as_json: bool) -> None:
    """Make the handoff of this repository live.

    It must be committed, and every check of `road handoff verify` must hold.

    \b
    Example:
      road release promote --reason "better recall on small amounts"
    """
    from paved_road.releases import moves

    _moved(moves.promote(project.find(), name, reason), as_json)


@release.command()
@environment_option
@reason_option
@click.option("--version", default="", help="Version to go back to, or its start; the one before if left out.")
@json_option
def rollback(name: str, reason: str, version: str, as_json: bool) -> None:
    """Make a version live again that was live before; works without a network, and without the registry.

    The version comes from git, is verified, and is not built again.

    \b
    Example:
      road release rollback --reason "drift alert at 02:10"
    """
    from paved_road.releases import moves

    _moved(moves.rollback(project.find(), name, reason, version), as_json)


@release.command()
@click.option("--offline", is_flag=True, help="Do not ask the registry.")
@json_option
def status(offline: bool, as_json: bool) -> None:
    """Say what is live where, since when, who moved it and why; exit 1 if records and deployment do not agree.

    \b
    Example:
      road release status
    """
    import msgspec

    from paved_road.releases import environment

    here = project.find()
    places = environment.every(here)
    found = [finding for place in places for finding in environment.check(place)]
    if not offline:
        found += [finding for place in places if place.name == environment.CHAMPION for finding in _registered(place)]
    known = {place.name: msgspec.to_builtins(place.records.moves) for place in places}
    text = "\n\n".join(_standing(place) for place in places) or "deploy/overlays/ has no environment"
    if found and not as_json:
        click.echo(text + "\n")
    finish(found, as_json, "" if found else text, environments=known)


@release.command()
@environment_option
@json_option
def sync(name: str, as_json: bool) -> None:
    """Let the link .road/live/ENVIRONMENT and the registry follow the records, for instance after `git pull`.

    A server that was started with `road serve --watch --handoff .road/live/prod` serves what the link leads to.

    \b
    Example:
      git pull && road release sync
    """
    from paved_road.releases import moves

    here = project.find()
    folder = here.relative(moves.sync(here, name))
    finish([], as_json, f"{name} serves {folder}, as its records say", folder=folder)


def _moved(move: "Move", as_json: bool) -> None:
    import msgspec

    record, place = move.record, move.environment
    said = "is live again" if record.move == "rollback" else "is live"
    text = f"""\
{record.version} {said} in {place.name}{f", instead of {record.instead_of}" if record.instead_of else ""}
by {record.by}: {record.why}

next: git add {place.path} && git commit -m "{record.move.capitalize()} {record.version}" && git push
then, if no pipeline does it: kubectl apply -k {place.path}    (image tag {record.tag})"""
    finish(move.warnings, as_json, text, record=msgspec.to_builtins(record), tag=record.tag)


def _standing(place: "Environment") -> str:
    done = place.records
    if done.live is None:
        return f"{place.name}: nothing was released yet"
    earlier = done.stack[:-1]
    lines = [
        f"{place.name}: {done.live.version} since {done.live.at}",
        f"  image tag   {done.live.tag}",
        f"  rollback    {f'to {earlier[-1].version}' if earlier else 'to nothing: no version was live before'}",
    ]
    for record in reversed(done.moves[-_SHOWN:]):
        lines.append(f"  {record.at}  {record.move:<8}  {record.version}  {record.by}: {record.why}")
    return "\n".join(lines)


def _registered(place: "Environment") -> list[Finding]:
    """Where the registry says something else; that stands in nobody's way."""
    from paved_road.contracts import model
    from paved_road.releases import registered

    live, here = place.records.live, place.here
    if live is None:
        return []
    try:
        champion = registered.champion(here, model.load(here.contracts / "model.yml").name)
    except Problem as error:
        return [Finding(code=each.code, fact=each.fact, remedy=each.remedy, level="note") for each in error.findings]
    if champion and champion.seal == live.seal:
        return []
    said = f"version {champion.version}" if champion else "none"
    fact = f"the registry's champion is {said}, and {place.name} serves {live.version}"
    return [Finding(code="RELEASE008", fact=fact, remedy="run `road release sync`", level="warning")]
