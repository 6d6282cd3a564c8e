"""`road train`."""

import os

import click

from paved_road import project
from paved_road.cli.output import finish, json_option, step


@click.command()
@json_option
def train(as_json: bool) -> None:
    """Fit and evaluate a candidate; the run is tracked in MLflow.

    Calls load() and train() of the package under src/, holds the data against contracts/data.yml, keeps the golden
    rows apart, and leaves the result in .road/candidate/ for `road handoff build`.

    \b
    Example:
      road train
      MLFLOW_TRACKING_URI=https://mlflow.example.com road train
    """
    from paved_road.science import git
    from paved_road.science.tracking import Tracker

    # Threads that wait by spinning make a fit of two seconds take a minute where cores are shared, as in containers.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    here = project.find()
    git.commit(here.root)
    # MLflow takes seconds to import, so its process starts before pandas is imported here.
    tracker = Tracker(here.root, here.settings)
    with step("import pandas and the training package"):
        from paved_road.science import training

    import msgspec

    run = training.train(here, tracker, step)
    lines = [f"  {name:<28} {_figure(value)}" for name, value in run.metrics.items()]
    message = "\n".join(["a candidate is ready, on the golden dataset:", *lines, "next: road handoff build"])
    finish([], as_json, message, run=msgspec.to_builtins(run))


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
