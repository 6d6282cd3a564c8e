"""`road score`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paved_road import project
from paved_road.cli.output import finish, folder_option, json_option, step
from paved_road.findings import Problem

if TYPE_CHECKING:
    from paved_road.handoff.manifest import Manifest
    from paved_road.scoring.partition import Outcome


@click.command()
@click.argument("source")
@click.argument("target")
@folder_option
@click.option("--workers", "count", type=click.IntRange(1), help="How many; as many as there are cores if left out.")
@click.option("--keep", multiple=True, help="Column to keep beside the predictions; the contract's key if left out.")
@click.option(
    "--bad-rows",
    type=click.Choice(["refuse", "aside"]),
    default="refuse",
    show_default=True,
    help="A row that breaks the contract refuses its partition, or is put aside and the others are scored.",
)
@click.option("--index", type=click.IntRange(0), envvar="JOB_COMPLETION_INDEX", help="Score only this share, from 0.")
@click.option("--of", "shares", type=click.IntRange(1), envvar="JOB_COMPLETIONS", help="How many shares there are.")
@json_option
def score(
    source: str,
    target: str,
    folder: Path | None,
    count: int | None,
    keep: tuple[str, ...],
    bad_rows: str,
    index: int | None,
    shares: int | None,
    as_json: bool,
) -> None:
    """Score Parquet tables with the model that was handed over, once it is verified.

    SOURCE is a file, a folder or a URL (s3://, gs://, abfs://); TARGET a folder or a URL. Every Parquet file is a
    partition: its predictions appear whole, under the same name. Run it again after any failure: what is done is known
    by its content, and left as it is. RAY_ADDRESS moves the work to a cluster.

    \b
    Example:
      road score data/2026-03/ scores/2026-03/
      road score s3://lake/day=1/ s3://scores/day=1/ --bad-rows aside
    """
    if (index is None) != (shares is None) or (index is not None and shares is not None and index >= shares):
        raise click.UsageError("--index and --of belong together, and the index is below their number")
    here = _project(folder)
    handoff = (folder or project.find().handoff).absolute()
    from paved_road import workers
    from paved_road.scoring import run as scoring
    from paved_road.scoring.places import Place, separate

    wanted = tuple(name for name in keep if name) if keep else None
    asked = scoring.Asked(Place(source), Place(target), wanted, bad_rows == "refuse")
    separate(asked.source, asked.target)
    tables = asked.source.tables()
    share = scoring.Share(index or 0, shares or 1)
    mine = [table for table in tables if share.holds(table)]
    with workers.hired(count) as hired:
        with step("verify the handoff"):
            evidence = scoring.verified(handoff, here)
        task = scoring.prepared(evidence, handoff, asked, hired)
        with step(f"score {len(mine)} of {len(tables)} partitions with {hired.shown}"):
            outcomes = list(scoring.run(task, mine, hired))
    found = [finding for outcome in outcomes for finding in outcome.findings]
    import msgspec

    finish(
        found, as_json, _summary(evidence, outcomes, asked.target.location), partitions=msgspec.to_builtins(outcomes)
    )


def _project(folder: Path | None) -> project.Project | None:
    """The repository, whose settings may ask for a signature; a handoff folder needs none."""
    try:
        return project.find()
    except Problem:
        if folder is None:
            raise
        return None


def _summary(evidence: "Manifest", outcomes: "list[Outcome]", target: str) -> str:
    promise = evidence.contract.promise
    done = sum(outcome.state == "done" for outcome in outcomes)
    aside = sum(outcome.aside for outcome in outcomes)
    rows = sum(outcome.rows for outcome in outcomes) - aside
    said = f"{len(outcomes)} partitions, of which {done} were done before: {rows:,} predictions of {promise.name} "
    said += f"{promise.version} in {target}"
    return said + (f"; {aside:,} rows are put aside in {target}/_aside" if aside else "")
