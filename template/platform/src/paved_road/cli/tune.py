"""`road tune`."""

import os
from pathlib import Path

import click

from paved_road import project
from paved_road.cli.output import finish, json_option, step


@click.command()
@click.option("--trials", default=50, show_default=True, type=click.IntRange(1), help="How many to have in the end.")
@click.option("--metric", help="A success metric of contracts/model.yml; its first if left out.")
@click.option("--workers", "count", type=click.IntRange(1), help="Trials at once; as many as there are cores.")
@click.option("--gpus", default=0.0, type=click.FloatRange(0), help="GPUs of a Ray cluster for each trial.")
@click.option("--output", type=click.Path(path_type=Path), help="Write them there, and leave the package alone.")
@json_option
def tune(trials: int, metric: str | None, count: int | None, gpus: float, output: Path | None, as_json: bool) -> None:
    """Search for parameters of train(), and write the best to src/<package>/parameters.yml for review.

    Which are tried says space() in src/<package>/search.py. Golden rows are never seen: each trial is measured on
    validation rows, taken from the training rows. Run it again to go on where it ended. ROAD_TUNE_STORAGE shares a
    study between machines, RAY_ADDRESS moves the work to a cluster.

    \b
    Example:
      road tune --trials 100
      ROAD_TUNE_STORAGE=postgresql://tune@db.example.com/tune road tune
    """
    from paved_road import workers
    from paved_road.science.tracking import Tracker

    # As in `road train`: threads that wait by spinning are slow where cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    here = project.find()
    workers.require("optuna", "tune", "to search for parameters")
    with workers.hired(count, gpus) as hired:
        tracker = Tracker(here.root, here.settings)
        with step("import pandas and the training package"):
            from paved_road.science import team, tuning

        import msgspec

        file = output.absolute() if output else team.parameters_file(here)
        best = tuning.tune(here, tracker, step, hired, tuning.Asked(trials, metric, file))
    lines = [f"  {name:<28} {value}" for name, value in best.parameters.items()]
    shown = here.relative(file)
    head = f"{shown} holds the best of {best.trials} trials, {best.metric} {best.value:.4f} on validation rows:"
    message = "\n".join([head, *lines, f"next: git diff {shown}, then road train"])
    finish([], as_json, message, best=msgspec.to_builtins(best))
