"""From laptop to cloud with environment variables alone: a team's own servers, run here, and one project's handoff."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from conftest import git
from moto.server import ThreadedMotoServer
from tools import needs, services

pytestmark = pytest.mark.xdist_group("life")


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """An S3 server with a bucket: the variables that name it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    variables = keys | {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="models")
        yield variables
    server.stop()


@pytest.fixture(scope="module")
def server(s3: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An MLflow server as a team has one: PostgreSQL behind it, artifacts on S3."""
    folder = tmp_path_factory.mktemp("mlflow")
    outside = Path("/var/tmp") / f"paved-road-postgresql-{os.getpid()}"  # where its own user may enter
    try:
        with services.postgresql(outside) as database, services.mlflow(folder, database, "s3://models/mlflow") as url:
            yield url
    finally:
        shutil.rmtree(outside, ignore_errors=True)


@pytest.fixture(scope="module")
def project(lived_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of this module's own."""
    folder = tmp_path_factory.mktemp("stores") / "project"
    subprocess.run(["git", "clone", "-q", str(lived_in), str(folder)], check=True)
    git(folder, "remote", "set-url", "origin", "https://git.example.com/acme/fraud-scoring.git")
    subprocess.run(["uv", "sync", "--quiet"], cwd=folder, check=True)
    return folder


def road(project: Path, *arguments: str, **variables: str) -> str:
    """What a verb says that ends well."""
    command = [str(project / ".venv" / "bin" / "road"), *arguments]
    done = subprocess.run(command, cwd=project, env=os.environ | variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def handed_over(project: Path, server: str) -> Path:
    """The project after a model was trained, tracked on the server, and handed over."""
    road(project, "train", MLFLOW_TRACKING_URI=server)
    road(project, "handoff", "build")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "Hand over")
    return project


def test_a_run_is_tracked_on_the_server_that_one_variable_names(handed_over: Path, server: str) -> None:
    from mlflow import MlflowClient

    run = json.loads(road(handed_over, "handoff", "show", "--json"))["manifest"]["artifact"]["origin"]["tracking"]
    client = MlflowClient(server)
    tracked = client.get_run(run["run"])

    assert run["uri"] == server
    assert tracked.info.status == "FINISHED"
    assert tracked.data.metrics
    assert not (handed_over / ".road" / "mlflow.db").exists()


def test_the_server_keeps_artifacts_on_s3(handed_over: Path, server: str, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    run = json.loads(road(handed_over, "handoff", "show", "--json"))["manifest"]["artifact"]["origin"]["tracking"][
        "run"
    ]
    (tmp_path / "card.md").write_text("# A model card")
    MlflowClient(server).log_artifact(run, str(tmp_path / "card.md"))

    kept = [item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket="models")["Contents"]]
    assert any(key.startswith("mlflow/") and key.endswith(f"{run}/artifacts/card.md") for key in kept)


def test_a_handoff_is_registered_and_promoted_on_the_server(handed_over: Path, server: str) -> None:
    from mlflow import MlflowClient

    registered = road(handed_over, "registry", "register", MLFLOW_TRACKING_URI=server)
    road(handed_over, "registry", "promote", MLFLOW_REGISTRY_URI=server)
    champion = MlflowClient(server, server).get_model_version_by_alias("fraud-scoring", "champion")

    head = git(handed_over, "rev-parse", "HEAD").strip()
    seal = json.loads((handed_over / "handoff" / "manifest.json").read_text())["seal"]
    assert registered == "fraud-scoring version 1 is registered: candidate\n"
    assert champion.source == f"git://git.example.com/acme/fraud-scoring.git@{head}#subdirectory=handoff"
    assert champion.tags["handoff.seal"] == seal


SEND = """
import sys
from pathlib import Path
from paved_road import project
from paved_road.handoff.manifest import load
from paved_road.stores import artifacts

here = project.find()
file = load(here.handoff).artifact.file
store = artifacts.open(artifacts.location(here))
store.put(here.handoff / file.path, file.sha256)
store.get(file.sha256, file.size, Path(sys.argv[1]))
print(store.url(file.sha256))
"""


def test_an_artifact_is_kept_where_one_variable_says(
    handed_over: Path, s3: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ROAD_ARTIFACT_STORE", "s3://models/artifacts")

    extra = ["--with", "paved-road[s3] @ ./platform"]
    command = ["uv", "run", "--quiet", *extra, "python", "-c", SEND, str(tmp_path / "back")]
    done = subprocess.run(command, cwd=handed_over, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    handed = next((handed_over / "handoff").glob("model-*"))
    assert (tmp_path / "back").read_bytes() == handed.read_bytes()
    key = done.stdout.strip().removeprefix("s3://models/")
    assert boto3.client("s3").head_object(Bucket="models", Key=key)["ContentLength"] == handed.stat().st_size


def test_a_handoff_survives_an_image_registry_and_verifies(handed_over: Path, tmp_path: Path) -> None:
    skopeo = needs.program("skopeo")

    packed = json.loads(road(handed_over, "handoff", "pack", str(tmp_path / "out"), "--json"))
    with services.image_registry(tmp_path) as address:
        image = f"docker://{address}/models/fraud-scoring:1.0.0"
        for source, target in ((f"oci:{tmp_path}/out", image), (image, f"oci:{tmp_path}/in")):
            copy = [skopeo, "copy", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false"]
            subprocess.run([*copy, source, target], check=True, capture_output=True)
    road(handed_over, "handoff", "unpack", str(tmp_path / "in"), str(tmp_path / "handoff"))
    verified = road(handed_over, "handoff", "verify", "--handoff", str(tmp_path / "handoff"))

    index = json.loads((tmp_path / "in" / "index.json").read_text())
    assert index["manifests"][0]["digest"] == packed["digest"]
    assert "checks hold" in verified
