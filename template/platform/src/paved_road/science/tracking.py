"""The tracked run, in a process of its own: MLflow is slow to import, and a hanging server must not hang training.

`Tracker` is the near end. The far end is this module run as a program: it reads two lines of JSON (where to track;
what to record; between them one for each trial of a search), and prints two (the run that started; the run that is
kept, or what went wrong).
"""

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from paved_road import files
from paved_road.findings import problem
from paved_road.project import Settings
from paved_road.stores.candidate import Tracking
from paved_road.stores.mlflow_client import quick_to_give_up, without_credentials, without_secrets

PATIENCE_S = 60.0
"""Longer than another run takes to create the same database."""


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
            start_new_session=True,  # Ctrl+C ends training, which then has its run marked as failed
        )
        self._send({"uri": self._uri, "experiment": self._experiment})

    def require_server(self) -> None:
        """Over a network, wait until the run exists: better than to learn after hours of fitting that it cannot.

        Raises:
            Problem: if the tracking server refused or could not be reached.
        """
        if self._uri.startswith(("http://", "https://")):
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            if '"started"' not in line:
                self._end(line)

    def trial(self, number: int, parameters: dict[str, str], metrics: dict[str, float]) -> None:
        """Record a trial of a search as a run below this one; what goes wrong with it, `finish` says."""
        self._send({"trial": number, "parameters": parameters, "metrics": metrics})

    def finish(self, parameters: dict[str, str], metrics: dict[str, float], tags: dict[str, str]) -> Tracking:
        """Record the run and wait until it is kept.

        Raises:
            Problem: if the tracking server refused or could not be reached.
        """
        self._send({"parameters": parameters, "metrics": metrics, "tags": tags})
        return Tracking(uri=without_credentials(self._uri), experiment=self._experiment, run=self._end())

    def abandon(self) -> None:
        """Mark the run as failed; called when training did not end well."""
        if self._process.poll() is None and self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()

    def _end(self, begun: str = "") -> str:
        output, errors = self._process.communicate()
        try:
            said: dict[str, str] = json.loads((begun + output).splitlines()[-1])
        except (IndexError, ValueError):
            said = {}
        if "run" in said:
            return said["run"]
        fact = said.get("error") or (errors.strip().splitlines() or ["it ended without a word"])[-1]
        shown = without_credentials(self._uri)
        if "disk is full" in fact:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), shown)
        fact = f"the run could not be tracked at {shown}: {without_secrets(fact, self._uri)}"
        raise problem("TRACKING001", fact, "check MLFLOW_TRACKING_URI, or unset it to track locally")

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
    folder = (root / _database(uri)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return
        reason = "it is not writable"
    except OSError as error:
        reason = error.strerror or str(error)
    fact = f"the run could not be tracked in {folder}: {reason}"
    raise problem("TRACKING001", fact, "check MLFLOW_TRACKING_URI, or unset it to track locally")


def _database(uri: str) -> Path:
    return Path(uri.removeprefix("sqlite:///").partition("?")[0])


def _main() -> None:
    where = json.loads(sys.stdin.readline())
    quick_to_give_up()
    try:
        run = _record(where["uri"], where["experiment"])
    except Exception as error:
        print(json.dumps({"error": _reason(error, where["uri"])}))
        return
    print(json.dumps({"run": run}))


def _record(uri: str, experiment: str) -> str:
    client = _client(uri)
    place = _experiment(client, experiment)
    identifier: str = client.create_run(place).info.run_id
    print(json.dumps({"started": identifier}), flush=True)
    for line in sys.stdin:
        said = json.loads(line)
        if "trial" not in said:
            _log(client, identifier, said)
            client.set_terminated(identifier)
            return identifier
        tags = {"mlflow.parentRunId": identifier}
        below = client.create_run(place, tags=tags, run_name=f"trial {said['trial']}").info.run_id
        _log(client, below, said)
        client.set_terminated(below)
    client.set_terminated(identifier, "FAILED")
    return identifier


def _log(client: Any, run: str, said: dict[str, Any]) -> None:
    from mlflow.entities import Metric, Param, RunTag

    client.log_batch(
        run,
        params=[Param(key, value[:500]) for key, value in said["parameters"].items()],
        metrics=[Metric(key, value, int(time.time() * 1000), 0) for key, value in said["metrics"].items()],
        tags=[RunTag(key, value) for key, value in said.get("tags", {}).items()],
    )


def _client(uri: str) -> Any:
    """MLflow's client; a local database is there whole before it is opened."""
    from mlflow import MlflowClient

    if uri.startswith("sqlite:///"):
        # Takes seconds, in which what was found there could go again, and MLflow would create it in its own way.
        from mlflow.store.tracking import sqlalchemy_store  # noqa: F401

        _create_database(_database(uri))
    return MlflowClient(uri)


def _create_database(file: Path) -> None:
    """All at once: MLflow takes many steps, and two first runs, or a killed one, would leave them half done."""
    from mlflow import MlflowClient

    if file.exists():
        return  # nobody needs to wait for a build that works beside it
    with files.alone(file.parent, PATIENCE_S):
        if not file.exists():
            with files.scratch_folder(file.with_name(f"{file.name}.new")) as folder:
                MlflowClient(f"sqlite:///{folder / file.name}").search_experiments(max_results=1)
                files.write(file, (folder / file.name).read_bytes())


def _experiment(client: Any, name: str) -> str:
    from mlflow.exceptions import MlflowException

    try:
        known = client.get_experiment_by_name(name)
        return str(known.experiment_id if known else client.create_experiment(name))
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        return str(client.get_experiment_by_name(name).experiment_id)  # another run was quicker


def _reason(error: Exception, uri: str) -> str:
    """In one line; MLflow tells what stands behind a failed request in several."""
    text = without_secrets(" ".join(str(error).split()), uri)
    if "timed out" in text:
        return f"no answer within {os.environ['MLFLOW_HTTP_REQUEST_TIMEOUT']} seconds"
    for said in ("Connection refused", "Name or service not known", "Network is unreachable", "No route to host"):
        if said in text:
            return said
    return text[:300]


if __name__ == "__main__":
    _main()
