"""`road image args | tag | check`: what the serving image is called, from the manifest."""

import os
from pathlib import Path

import click

from paved_road import findings, project
from paved_road.cli.output import finish, folder_option, json_option


@click.group()
def image() -> None:
    """Label the serving image after the model in it.

    \b
    Example:
      docker build $(road image args) --tag fraud-scoring:local .
    """


@image.command()
@folder_option
@click.option("--env", "as_file", is_flag=True, help="Print lines of an .env file, as Compose reads it.")
@json_option
def args(folder: Path | None, as_file: bool, as_json: bool) -> None:
    """Print the build arguments from which the image's labels are made: version, commit and seal.

    The build refuses others than those of the manifest that it finds.

    \b
    Example:
      docker build $(road image args) --tag fraud-scoring:local .
      road image args --env > .env && docker compose up --build
    """
    from paved_road.handoff import labels

    said = labels.arguments(folder or project.find().handoff)
    lines = "\n".join(f"{name}={value}" for name, value in said.items())
    flags = " ".join(f"--build-arg {name}={value}" for name, value in said.items())
    finish([], as_json, lines if as_file else flags, arguments=said)


@image.command()
@folder_option
@json_option
def tag(folder: Path | None, as_json: bool) -> None:
    """Print the tag under which the image of this handoff is pushed; `road release` writes the same into the overlay.

    \b
    Example:
      docker push "REGISTRY/fraud-scoring:$(road image tag)"
    """
    from paved_road.handoff import labels

    said = labels.tag_of(folder or project.find().handoff)
    finish([], as_json, said, tag=said)


@image.command()
@folder_option
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Hold the build arguments in the environment against the manifest, and start the service once.

    The Dockerfile calls it last: an image that is labelled as another, or does not become ready, is none.

    \b
    Example:
      road image check
    """
    from paved_road.handoff import labels, served

    where = folder or project.find().handoff
    found = list(labels.check(where, os.environ))
    if not findings.refused(found):
        with served.started(where):
            pass
    finish(found, as_json, "the labels are those of the manifest, and the service became ready")
