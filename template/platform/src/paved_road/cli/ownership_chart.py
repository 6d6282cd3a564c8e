"""`road raci chart`: ownership at a glance."""

from pathlib import Path

import click

from paved_road import files, project
from paved_road.cli.output import finish, json_option


@click.command()
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File; .road/ownership.html by default."
)
@json_option
def chart(output: Path | None, as_json: bool) -> None:
    """Write one HTML page that shows who owns what, at a desk, on a phone and on paper.

    It needs no network and runs no script. docs/ownership.md says the same in Markdown.

    \b
    Examples:
      road raci chart
      road raci chart --output ownership.html
    """
    from paved_road.findings import require
    from paved_road.ownership.derive import page
    from paved_road.ownership.lint import check_matrix
    from paved_road.ownership.raci import load

    here = project.find()
    matrix = load(here.raci)
    require(check_matrix(matrix))
    target = output or here.state / "ownership.html"
    content = page.render(matrix, here.settings.package.replace("_", " ").capitalize()).encode()
    files.write(target, content)
    shown = here.relative(target)
    finish([], as_json, f"{shown} is written ({len(content) / 1000:,.0f} kB); open it in a browser", path=shown)
