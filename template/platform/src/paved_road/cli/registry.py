"""`road registry register | promote | rollback | show`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paved_road import project
from paved_road.cli.output import finish, json_option

if TYPE_CHECKING:
    from paved_road.handoff.manifest import Manifest
    from paved_road.stores.registry import Entry, Registry


@click.group()
def registry() -> None:
    """Say in MLflow's model registry which handoff is the candidate, the champion, and the one before.

    MLFLOW_REGISTRY_URI or MLFLOW_TRACKING_URI name the registry; without them it is a file in .road/.

    \b
    Example:
      road registry register && road registry promote
    """


@registry.command()
@json_option
def register(as_json: bool) -> None:
    """Register the handoff in this commit as the candidate.

    It must be whole and committed. A handoff that is registered already gets no second version.

    \b
    Example:
      MLFLOW_TRACKING_URI=https://mlflow.example.com road registry register
    """
    from paved_road.handoff.manifest import PATH
    from paved_road.handoff.registration import version_of
    from paved_road.science import git

    here = project.find()
    manifest = _whole(here)
    version = version_of(manifest, git.last_change(here.root, PATH), git.remote(here.root), Path(PATH).parent.name)
    kept = _registry(here).register(version)
    called = ", ".join(kept.aliases)
    _answer([kept], as_json, f"{version.name} version {kept.version} is registered: {called}")


@registry.command()
@json_option
def promote(as_json: bool) -> None:
    """Make the candidate the champion; the champion becomes the previous one.

    The candidate must be the handoff in this repository, and whole.

    \b
    Example:
      road registry promote
    """
    here = project.find()
    manifest = _whole(here)
    entries = _registry(here).promote(manifest.contract.promise.name, manifest.seal)
    _answer(entries, as_json, _table(entries))


@registry.command()
@json_option
def rollback(as_json: bool) -> None:
    """Make the previous version the champion again: the reverse of promote.

    \b
    Example:
      road registry rollback
    """
    here = project.find()
    entries = _registry(here).rollback(_name(here))
    _answer(entries, as_json, _table(entries))


@registry.command()
@json_option
def show(as_json: bool) -> None:
    """List the registered versions of this model, the newest first.

    \b
    Example:
      road registry show
    """
    here = project.find()
    entries = _registry(here).show(_name(here))
    _answer(entries, as_json, _table(entries))


def _registry(here: project.Project) -> "Registry":
    from paved_road.stores.registry import Registry

    return Registry(here.root, here.settings)


def _whole(here: project.Project) -> "Manifest":
    from paved_road.handoff.oci import intact

    return intact(here.handoff)


def _name(here: project.Project) -> str:
    """The model's name, from its contract: going back must not need a handoff that is whole."""
    from paved_road.contracts import model

    return model.load(here.contracts / "model.yml").name


def _answer(entries: "Sequence[Entry]", as_json: bool, text: str) -> None:
    import msgspec

    finish([], as_json, text, versions=msgspec.to_builtins(entries))


def _table(entries: "Sequence[Entry]") -> str:
    lines = [f"{'version':<9}{'called':<22}{'contract':<10}{'seal':<14}source"]
    for entry in entries:
        contract = entry.tags.get("handoff.contract_version", "")
        called = ", ".join(entry.aliases) or "–"
        lines.append(f"{entry.version:<9}{called:<22}{contract:<10}{entry.seal[:12]:<14}{entry.source}")
    return "\n".join(lines)
