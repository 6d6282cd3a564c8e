"""`road handoff pack | unpack`."""

from pathlib import Path

import click

from paved_road import project
from paved_road.cli.output import finish, json_option

folder = click.Path(path_type=Path)


@click.command()
@click.argument("layout", type=folder)
@click.option("--handoff", "handed", type=folder, help="Handoff folder; the repository's by default.")
@json_option
def pack(layout: Path, handed: Path | None, as_json: bool) -> None:
    """Write the handoff to LAYOUT, an OCI image layout that any image registry can carry.

    The same handoff gives the same digest. A handoff that is not whole is refused.

    \b
    Example:
      road handoff pack build/handoff
      skopeo copy oci:build/handoff docker://registry.example.com/models/fraud-scoring:1.0.0
    """
    from paved_road.handoff import oci

    digest = oci.pack(handed or project.find().handoff, layout)
    finish([], as_json, f"{layout} holds the handoff, {digest}", digest=digest)


@click.command()
@click.argument("layout", type=folder)
@click.argument("target", type=folder)
@json_option
def unpack(layout: Path, target: Path, as_json: bool) -> None:
    """Write the handoff in LAYOUT, an OCI image layout, to the folder TARGET, and see that it is whole.

    \b
    Example:
      skopeo copy docker://registry.example.com/models/fraud-scoring:1.0.0 oci:build/handoff
      road handoff unpack build/handoff /srv/handoff
      road handoff verify --served --handoff /srv/handoff
    """
    from paved_road.handoff import oci

    manifest = oci.unpack(layout, target)
    promise = manifest.contract.promise
    success = f"{target} holds the handoff of {promise.name} {promise.version}\nnext: road handoff verify --served"
    finish([], as_json, f"{success} --handoff {target}", seal=manifest.seal)
