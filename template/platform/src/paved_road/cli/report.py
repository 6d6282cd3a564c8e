"""`road handoff report | card`: the evidence for people."""

from pathlib import Path

import click

from paved_road import files, project
from paved_road.cli.output import finish, json_option, step


@click.command()
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File; .road/report.html by default.")
@json_option
def report(output: Path | None, as_json: bool) -> None:
    """Write one HTML page that says what is handed over, how good it is, and what changed.

    It needs no network and runs no script: read it, mail it, print it, attach it to the pull request.

    \b
    Example:
      road handoff report
      road handoff report --output fraud-scoring.html
    """
    from paved_road.handoff.report import evidence, page

    here = project.find()
    target = output or here.state / "report.html"
    found = evidence.read(here)
    with step("draw the report"):
        content = page.render(found).encode()
    files.write(target, content)
    shown = here.relative(target)
    finish([], as_json, f"{shown} is written ({len(content) / 1000:,.0f} kB); open it in a browser", path=shown)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if docs/model-card.md is not what would be written.")
@json_option
def card(check: bool, as_json: bool) -> None:
    """Write docs/model-card.md from the manifest.

    \b
    Example:
      road handoff card
      road handoff card --check
    """
    from paved_road.handoff.report import card as model_card
    from paved_road.handoff.report import evidence

    here = project.find()
    if check and not (here.handoff / "manifest.json").exists() and not (here.root / model_card.PATH).exists():
        finish([], as_json, "nothing was handed over yet, so there is no model card")
        return
    text = model_card.render(evidence.manifest(here))
    if check:
        finish(model_card.drift(here.root, text), as_json, f"{model_card.PATH} is up to date")
        return
    files.write(here.root / model_card.PATH, text.encode())
    finish([], as_json, f"{model_card.PATH} is written")
