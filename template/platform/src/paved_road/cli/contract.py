"""`road contract check | diff | sync`."""

import click

from paved_road import files, project
from paved_road.cli.contract_diff import diff
from paved_road.cli.output import finish, json_option


@click.group()
def contract() -> None:
    """Hold the three contracts against their standards and each other.

    \b
    Example:
      road contract check
    """


@contract.command()
@json_option
def check(as_json: bool) -> None:
    """Read the contracts, and see whether api.json still says what model.yml says.

    \b
    Example:
      road contract check
    """
    from paved_road.contracts import agreement, api, data, model

    here = project.find()
    promise = model.load(here.contracts / "model.yml")
    promised_data = data.load(here.contracts / "data.yml")
    found = [*agreement.check(promise, promised_data), *api.check(here.contracts / "api.json", promise)]
    finish(found, as_json, f"three contracts agree: {promise.name} {promise.version}")


@contract.command()
@json_option
def sync(as_json: bool) -> None:
    """Write contracts/api.json from contracts/model.yml.

    \b
    Example:
      road contract sync
    """
    from paved_road.contracts import api, model

    here = project.find()
    text = api.render(model.load(here.contracts / "model.yml")).encode()
    target = here.contracts / "api.json"
    if target.is_file() and target.read_bytes() == text:
        finish([], as_json, "contracts/api.json is up to date")
        return
    files.write(target, text)
    finish([], as_json, "contracts/api.json is written")


contract.add_command(diff)
