"""The tracked run, in a process of its own: MLflow is slow to import, and a hanging server must not hang training.

`Tracker` is the near end. The far end is this module run as a program: it reads two lines of JSON (where to track;
what to record), and prints one (the run, or what went wrong).
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from paved_road.findings import problem
from paved_road.project import Settings
from paved_road.stores.candidate import Tracking
from paved_road.stores.mlflow_client import quick_to_give_up, without_credentials, without_secrets


class Tracker:
    """A run that is being tracked; started before training, so that an unreachable server is known early."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self._uri = os.environ.get("MLFLOW_TRACKING_URI") or settings.tracking_uri
        self._experiment = os.environ.get("MLFLOW_EXPERIMENT_NAME") or settings.experiment
        (root / ".road").mkdir(exist_ok=True)
        _refuse_unwritable(root, self._uri)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "paved_road.science.tracking"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._send({"uri": self._uri, "experiment": self._experiment})

    def finish(self, parameters: dict[str, str], metrics: dict[str, float], tags: dict[str, str]) -> Tracking:
        """Record the run and wait until it is kept.

        Raises:
            Problem: if the tracking server refused or could not be reached.
        """
        self._send({"parameters": parameters, "metrics": metrics, "tags": tags})
        output, errors = self._process.communicate()
        try:
            said = json.loads(output.splitlines()[-1])
        except (IndexError, ValueError):
            last = (errors.strip().splitlines() or ["it ended without a word"])[-1]
            said = {"error": without_secrets(last, self._uri)}
        shown = without_credentials(self._uri)
        if "error" in said:
            fact = f"the run could not be tracked at {shown}: {said['error']}"
            raise problem("TRACKING001", fact, "check MLFLOW_TRACKING_URI, or unset it to track locally")
        return Tracking(uri=shown, experiment=self._experiment, run=said["run"])

    def abandon(self) -> None:
        """Mark the run as failed; called when training did not end well."""
        if self._process.poll() is None and self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended early; `finish` reads why


def _refuse_unwritable(root: Path, uri: str) -> None:
    """MLflow itself would try for a quarter of a minute."""
    if not uri.startswith("sqlite:///"):
        return
    folder = (root / uri.removeprefix("sqlite:///").partition("?")[0]).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return
        reason = "it is not writable"
    except OSError as error:
        reason = error.strerror or str(error)
    fact = f"the run could not be tracked in {folder}: {reason}"
    raise problem("TRACKING001", fact, "check MLFLOW_TRACKING_URI, or unset it to track locally")


def _main() -> None:
    where = json.loads(sys.stdin.readline())
    quick_to_give_up()
    try:
        run = _record(where["uri"], where["experiment"])
    except Exception as error:
        print(json.dumps({"error": without_secrets(" ".join(str(error).split()), where["uri"])[:300]}))
        return
    print(json.dumps({"run": run}))


def _record(uri: str, experiment: str) -> str:
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

    client = MlflowClient(uri)
    known = client.get_experiment_by_name(experiment)
    run = client.create_run(known.experiment_id if known else client.create_experiment(experiment))
    identifier: str = run.info.run_id
    line = sys.stdin.readline()
    if not line:
        client.set_terminated(identifier, "FAILED")
        return identifier
    said = json.loads(line)
    client.log_batch(
        identifier,
        params=[Param(key, value[:500]) for key, value in said["parameters"].items()],
        metrics=[Metric(key, value, run.info.start_time, 0) for key, value in said["metrics"].items()],
        tags=[RunTag(key, value) for key, value in said["tags"].items()],
    )
    client.set_terminated(identifier)
    return identifier


if __name__ == "__main__":
    _main()
