"""`road raci import` and `road raci show`: the matrix as a table, both ways."""

from pathlib import Path

import click

from paved_road import project
from paved_road.cli.output import finish, json_option


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; say what would change.")
@json_option
def import_(file: Path, only_check: bool, as_json: bool) -> None:
    """Bring the RACI table of FILE, CSV or Markdown, into raci.yml.

    \b
    First column: activities. Other columns: roles, by key or title. Cells: R, A, C, I, R/A or nothing.
    What the table does not name stays as it is, and so do comments.

    \b
    Examples:
      road raci import matrix.csv --check
      road raci import wiki.md && road raci sync
    """
    from paved_road import files
    from paved_road.ownership import importing, tables
    from paved_road.ownership.raci import load

    here = project.find()
    rows = tables.read(file, str(file), load(here.raci))
    result = importing.apply(here.raci.read_bytes().decode(), rows, str(file))
    changes = bool(result.differences)
    if changes and not only_check:
        files.write(here.raci, result.text.encode())
    count = f"raci.yml: {len(result.differences)} changes"
    done = f"{count} to make" if only_check else f"{count} made; run `road raci sync`"
    last = done if changes else "raci.yml says so already"
    finish(
        [], as_json, "\n".join([*result.differences, last]),
        changed=changes and not only_check, differences=result.differences,
    )  # fmt: skip


@click.command()
@click.option("--markdown", "form", flag_value="markdown", default="markdown", help="A Markdown table (the default).")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated values, for a spreadsheet.")
@json_option
def show(form: str, as_json: bool) -> None:
    """Print who holds which letter, as one table.

    \b
    Examples:
      road raci show
      road raci show --csv > matrix.csv     change it there, then `road raci import matrix.csv`
    """
    from paved_road.ownership import tables
    from paved_road.ownership.raci import load

    raci = load(project.find().raci)
    text = tables.as_csv(raci) if form == "csv" else tables.markdown(raci)
    finish([], as_json, text.rstrip("\n"), letters={entry.name: entry.letters for entry in raci.entries})
