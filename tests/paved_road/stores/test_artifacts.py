"""The artifact store: the same behaviour in a folder, in memory and on a real S3 server."""

import hashlib
import json
import math
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.request import Request, urlopen

import boto3
import fsspec
import pytest
from paved_road import project
from paved_road.findings import Problem
from paved_road.stores import artifacts

CONTENT = b"a model" * 3_000_000  # two parts of an upload
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = f"sha256/{DIGEST[:2]}/{DIGEST}"


@pytest.fixture(params=["folder", "memory", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store is."""
    if request.param == "s3":
        return str(request.getfixturevalue("s3"))
    if request.param == "memory":
        fsspec.filesystem("memory").store.clear()
        return "memory://models"
    return str(tmp_path / "store")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.onnx"
    file.write_bytes(CONTENT)
    return file


def kept(place: str) -> dict[str, bytes]:
    """Every object of a store, by its path in it."""
    files, root = fsspec.core.url_to_fs(place, skip_instance_cache=True)
    root = root.rstrip("/")
    return {path.removeprefix(f"{root}/"): files.cat_file(path) for path in files.find(root)}


def test_what_was_put_comes_back(place: str, model: Path, tmp_path: Path) -> None:
    store = artifacts.open(place)

    store.put(model, DIGEST)
    store.get(DIGEST, len(CONTENT), tmp_path / "back.onnx")

    assert store.has(DIGEST)
    assert (tmp_path / "back.onnx").read_bytes() == CONTENT
    assert kept(place) == {NAME: CONTENT}
    assert store.url(DIGEST) == f"{place}/{NAME}"


def test_what_is_there_is_not_sent_again(place: str, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = artifacts.open(place)
    store.put(model, DIGEST)
    monkeypatch.setattr(store, "_appearing", lambda key: pytest.fail("it was sent again"))

    store.put(model, DIGEST)

    assert kept(place) == {NAME: CONTENT}


def test_a_file_of_another_digest_is_refused_and_not_kept(place: str, model: Path) -> None:
    store, other = artifacts.open(place), "0" * 64

    with pytest.raises(Problem, match=f"has digest {DIGEST[:12]}, not 000000000000"):
        store.put(model, other)

    assert not store.has(other)
    assert kept(place) == {}


def test_an_upload_that_is_interrupted_leaves_nothing_under_its_name(
    place: str, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = artifacts.open(place)
    sums = SimpleNamespace(update=iter_then_interrupt(), hexdigest=lambda: DIGEST)
    monkeypatch.setattr(hashlib, "sha256", lambda: sums)

    with pytest.raises(KeyboardInterrupt):
        store.put(model, DIGEST)

    assert not store.has(DIGEST)
    assert kept(place) == {}


def iter_then_interrupt() -> object:
    calls: list[int] = []

    def update(chunk: bytes) -> None:
        calls.append(len(chunk))
        if len(calls) == 2:
            raise KeyboardInterrupt

    return update


def test_a_missing_artifact_is_named(place: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=f"{NAME} is missing"):
        artifacts.open(place).get(DIGEST, len(CONTENT), tmp_path / "back.onnx")

    assert not (tmp_path / "back.onnx").exists()


@pytest.mark.parametrize(
    ("there", "message"),
    [
        (CONTENT[:1000], "has 1,000 bytes, 21,000,000 were handed over"),
        (CONTENT + b"!", "has 21,000,001 bytes, 21,000,000 were handed over"),
        (CONTENT[:-1] + b"!", "holds other bytes, with digest"),
    ],
    ids=["half uploaded", "longer", "other bytes"],
)
def test_a_damaged_artifact_is_refused_and_leaves_no_file(
    place: str, tmp_path: Path, there: bytes, message: str
) -> None:
    files, root = fsspec.core.url_to_fs(place, skip_instance_cache=True)
    files.makedirs(f"{root}/sha256/{DIGEST[:2]}", exist_ok=True)
    files.pipe_file(f"{root}/{NAME}", there)
    target = tmp_path / "target" / "back.onnx"

    with pytest.raises(Problem, match=message) as refusal:
        artifacts.open(place).get(DIGEST, len(CONTENT), target)

    assert "half uploaded or damaged: delete it" in refusal.value.findings[0].remedy
    assert not list(target.parent.glob("*"))


def test_a_name_that_is_no_digest_reaches_no_path(place: str, model: Path) -> None:
    with pytest.raises(ValueError, match="not a SHA-256 digest"):
        artifacts.open(place).put(model, "../../escape")


# What a cloud answers ---------------------------------------------------------
def test_a_server_that_is_away_is_named(
    s3: str, nobody_listens: str, monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{nobody_listens}")

    with pytest.raises(Problem, match="s3://models/team cannot be reached") as refusal:
        artifacts.open(s3).put(model, DIGEST)

    assert refusal.value.findings[0].remedy == "check the network and the endpoint"


def test_missing_credentials_are_named(s3: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("HOME", str(tmp_path))

    with pytest.raises(Problem, match="asks for credentials, and there are none"):
        artifacts.open(s3).has(DIGEST)


def test_an_identity_that_may_only_read_is_named(
    s3: str, s3_server: str, monkeypatch: pytest.MonkeyPatch, model: Path
) -> None:
    key = reader(s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    ask_for_rights(s3_server, after=0)

    try:
        with pytest.raises(Problem, match="s3://models/team refuses this identity") as refusal:
            artifacts.open(s3).put(model, DIGEST)
    finally:
        ask_for_rights(s3_server, after=math.inf)

    assert "the right to read, write and list" in refusal.value.findings[0].remedy


def reader(server: str) -> dict[str, str]:
    """The access key of a user who may read and list."""
    iam = boto3.client("iam")
    iam.create_user(UserName="reader")
    rights = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
    key: dict[str, str] = iam.create_access_key(UserName="reader")["AccessKey"]
    return key


def ask_for_rights(server: str, after: float) -> None:
    """From which request on the server asks what an identity may do."""
    request = Request(f"{server}/moto-api/reset-auth", data=str(after).encode(), headers={"content-type": "text/plain"})
    urlopen(request).close()


def test_a_bucket_that_does_not_exist_is_named(s3: str, model: Path) -> None:
    with pytest.raises(Problem, match="s3://nowhere/team does not exist"):
        artifacts.open("s3://nowhere/team").put(model, DIGEST)


# What a location says ---------------------------------------------------------
@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("ftp://host/models", "ftp:// is not known"),
        ("s3://key:secret@models", "has a password in it"),
    ],
)
def test_a_location_that_cannot_be_used_is_refused(location: str, message: str) -> None:
    with pytest.raises(Problem, match=message) as refusal:
        artifacts.open(location)

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("location", "package", "extra"),
    [("s3://models", "s3fs", "s3"), ("gs://models", "gcsfs", "gcs"), ("abfs://models@acme", "adlfs", "azure")],
)
def test_a_missing_package_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, location: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    known = sys.modules["fsspec.registry"]._registry
    monkeypatch.delitem(known, location.partition(":")[0], raising=False)

    with pytest.raises(Problem, match="needs a package that is not installed") as refusal:
        artifacts.open(location)

    assert refusal.value.findings[0].remedy == f'run `uv add "paved-road[{extra}]"`'


def test_the_environment_goes_before_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.paved-road]\npackage = "m"\nartifact-store = "../elsewhere"\n')
    monkeypatch.delenv(artifacts.VARIABLE, raising=False)

    set_in_file = artifacts.location(project.find(tmp_path))
    monkeypatch.setenv(artifacts.VARIABLE, "gs://models/team")
    set_in_environment = artifacts.location(project.find(tmp_path))

    assert Path(set_in_file).resolve() == tmp_path.parent / "elsewhere"
    assert set_in_environment == "gs://models/team"


def test_artifacts_are_kept_in_the_repository_where_nothing_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.paved-road]\npackage = "m"\n')
    monkeypatch.delenv(artifacts.VARIABLE, raising=False)

    assert artifacts.location(project.find(tmp_path)) == str(tmp_path / ".road" / "artifacts")


# Whether it answers ----------------------------------------------------------
def test_a_store_that_is_there_answers(place: str) -> None:
    artifacts.probe(place)


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Problem, match="is no folder that may be written to"):
        artifacts.probe(str(tmp_path / "file" / "store"))


def test_a_bucket_that_does_not_exist_does_not_answer(s3: str) -> None:
    with pytest.raises(Problem, match="s3://nowhere/team does not exist"):
        artifacts.probe("s3://nowhere/team")


def test_a_store_that_never_answers_is_given_up_on(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")

        with pytest.raises(Problem, match=r"s3://models/team did not answer within 0.2 s"):
            artifacts.probe(s3, seconds=0.2)


# What it costs ----------------------------------------------------------------
MEMORY = """
import hashlib, resource, sys
from pathlib import Path
from paved_road.stores import artifacts

small, large, target = (Path(name) for name in sys.argv[2:])
store = artifacts.open(sys.argv[1])

def there_and_back(file):
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    store.put(file, digest)
    store.get(digest, file.stat().st_size, target)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

print(there_and_back(small), there_and_back(large))
"""


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_a_large_artifact_streams_in_flat_memory(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    place = str(request.getfixturevalue("s3")) if kind == "s3" else str(tmp_path / "store")
    small, large = tmp_path / "small", tmp_path / "large"
    for file, mebibytes in ((small, 36), (large, 84)):
        file.touch()
        os.truncate(file, mebibytes * 2**20)

    done = subprocess.run(
        [sys.executable, "-c", MEMORY, place, small, large, tmp_path / "back"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    after_small, after_large = map(int, done.stdout.split())
    assert after_large - after_small < 24, f"{after_small} MiB grew to {after_large} MiB"


def test_nothing_of_a_cloud_is_imported_before_it_is_used() -> None:
    script = "import sys, paved_road.stores.artifacts; print({'fsspec', 's3fs'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout == "set()\n", done.stderr
