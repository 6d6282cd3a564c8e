"""Past one machine: a real Ray cluster of two nodes and a real PostgreSQL, and what happens when a worker dies."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest
from conftest import git
from tools import services

pytestmark = pytest.mark.xdist_group("life")

PARTITIONS, ROWS = 8, 20_000
LAKE = f"""
from pathlib import Path
from fraud_scoring.data import load

table = load(rows={PARTITIONS * ROWS}, seed=3)
for number in range({PARTITIONS}):
    part = table.iloc[number * {ROWS} : (number + 1) * {ROWS}]
    part.drop(columns=["is_fraud", "loss_amount"]).to_parquet(f"lake/part-{{number}}.parquet", index=False)
"""
SEARCH = """
def space(trial):
    return {"max_iter": trial.suggest_int("max_iter", 5, 20)}
"""


def start(project: Path, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
    command = [str(project / ".venv/bin/road"), *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1"} | variables
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=project, env=environment, stdout=pipe, stderr=pipe, text=True)


def ends_well(running: "subprocess.Popen[str]") -> str:
    output, errors = running.communicate(timeout=300)
    assert running.returncode == 0, output + errors
    return output


@pytest.fixture(scope="module")
def project(lived_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of this module's own, with the extras for growing, its model handed over, and a lake."""
    folder = tmp_path_factory.mktemp("grow") / "project"
    subprocess.run(["git", "clone", "-q", str(lived_in), str(folder)], check=True)
    extras = "paved-road[tune,ray,postgresql]"
    subprocess.run(["uv", "add", "--quiet", extras], cwd=folder, check=True)
    (folder / "src/fraud_scoring/search.py").write_text(SEARCH)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Grow")
    for verb in (("train",), ("handoff", "build")):
        ends_well(start(folder, *verb))
    (folder / "lake").mkdir()
    subprocess.run([folder / ".venv/bin/python", "-c", LAKE], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def cluster(project: Path) -> Iterator[tuple[dict[str, str], list[int]]]:
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # short, for its sockets
    try:
        with services.ray_cluster(project / ".venv/bin/ray", folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    folder = Path("/var/tmp") / f"paved-road-tune-{os.getpid()}"  # where its own user may enter
    try:
        with services.postgresql(folder) as url:
            yield url.replace("+psycopg2", "")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def require_each_row_once(project: Path, scores: Path) -> None:
    names = sorted(file.name for file in scores.glob("*.parquet"))
    assert names == [f"part-{number}.parquet" for number in range(PARTITIONS)]
    for name in names:
        given = pq.ParquetFile(project / "lake" / name).read(["transaction_id"])
        assert pq.ParquetFile(scores / name).read(["transaction_id"]).equals(given)


def workers_of(node: int) -> list[psutil.Process]:
    """Processes of a node that are at work."""
    below = psutil.Process(node).children(recursive=True)
    return [each for each in below if "ray::PoolActor" in " ".join(each.cmdline())]


def test_a_worker_of_the_cluster_is_killed_and_every_partition_is_scored_once(
    project: Path, cluster: tuple[dict[str, str], list[int]]
) -> None:
    variables, nodes = cluster
    running = start(project, "score", "lake", "scores", "--json", **variables)
    until = time.monotonic() + 240
    while not list((project / "scores").glob("*.parquet")):
        assert running.poll() is None and time.monotonic() < until, running.communicate()
        time.sleep(0.02)
    at_work = {node: workers_of(node) for node in nodes}
    at_work[nodes[1]][0].send_signal(signal.SIGKILL)

    said = json.loads(ends_well(running))

    assert all(at_work.values()), "both nodes were at work"
    assert {outcome["state"] for outcome in said["partitions"]} <= {"scored", "done"}
    assert len(said["partitions"]) == PARTITIONS
    require_each_row_once(project, project / "scores")


def test_two_pods_of_an_indexed_job_share_the_partitions(project: Path) -> None:
    shares = [{"JOB_COMPLETION_INDEX": str(index), "JOB_COMPLETIONS": "2"} for index in range(2)]
    pods = [start(project, "score", "lake", "shared", "--workers", "1", "--json", **share) for share in shares]

    said = [json.loads(ends_well(pod)) for pod in pods]

    names = [[outcome["partition"] for outcome in each["partitions"]] for each in said]
    assert all(names)
    assert len(names[0] + names[1]) == PARTITIONS
    require_each_row_once(project, project / "shared")


def test_two_machines_search_together_in_one_database(
    project: Path, cluster: tuple[dict[str, str], list[int]], database: str
) -> None:
    shared = {"ROAD_TUNE_STORAGE": database}
    machines = [
        start(project, "tune", "--trials", "6", "--json", **cluster[0], **shared),
        start(project, "tune", "--trials", "6", "--json", "--workers", "1", **shared),
    ]

    found = [json.loads(ends_well(machine))["best"] for machine in machines]

    assert found[0]["study"] == found[1]["study"]
    assert all(best["trials"] >= 6 for best in found)
    assert "# Written by `road tune`" in (project / "src/fraud_scoring/parameters.yml").read_text()
    assert tracked(project, found) >= 6


def tracked(project: Path, found: list[dict[str, object]]) -> int:
    """How many runs stand in MLflow below those of the searches."""
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{project}/.road/mlflow.db")
    experiment = client.get_experiment_by_name("fraud-scoring")
    assert experiment
    parents = {str(best["tracking"]["run"]) for best in found}  # type: ignore[index]
    runs = client.search_runs([experiment.experiment_id])
    return sum(run.data.tags.get("mlflow.parentRunId") in parents for run in runs)


def test_a_shared_database_that_is_away_is_named_without_its_password(project: Path) -> None:
    away = f"postgresql://ada:s3cret@127.0.0.1:{services.free_port()}/tune"

    running = start(project, "tune", "--workers", "1", ROAD_TUNE_STORAGE=away)
    _, errors = running.communicate(timeout=120)

    assert running.returncode == 1
    assert "TUNE002" in errors and "check ROAD_TUNE_STORAGE" in errors
    assert "s3cret" not in errors and "Traceback" not in errors
