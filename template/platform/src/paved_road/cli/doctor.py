"""`road doctor`."""

import click

from paved_road.cli.output import json_option


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Look at this repository and machine: what is in order, what is missing, what is not configured yet.

    Exits 1 if something stands in the way of working; what is merely not configured is a note.

    \b
    Example:
      road doctor
    """
    import json

    import msgspec

    from paved_road import checkup

    results = list(checkup.examine(checkup.here()))
    ok = not any(result.state == "wrong" for result in results)
    if as_json:
        click.echo(json.dumps({"ok": ok, "checks": [msgspec.to_builtins(result) for result in results]}, indent=2))
    else:
        marks = {"good": click.style("✓", fg="green"), "open": "–", "wrong": click.style("✗", fg="red")}
        for result in results:
            click.echo(f"{marks[result.state]} {result.name:<12} {result.fact}")
            if result.remedy:
                click.echo(f"{'':<15}{result.remedy}")
    if not ok:
        raise click.exceptions.Exit(1)
