"""The serving image: built from what was handed over, run as nobody in particular, and refused when tampered with.

Slow: it builds images. It needs buildah, podman and root; the images that the Dockerfile starts from are stand-ins.
"""

import json
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools import image

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]

TAG = "localhost/fraud-scoring:test"
CONTEXT = ("Dockerfile", ".dockerignore", "pyproject.toml", "raci.yml", "contracts", "handoff", "platform")
RECORD = {
    "amount": 480, "usual_amount": 31.5, "merchant_category": "electronics", "merchant_region": "overseas",
    "channel": "magstripe", "device": None, "card_issued_at": "2024-03-02T10:15:00Z", "distance_from_home_km": 6120.5,
    "transactions_last_day": 6, "local_hour": 3, "pin_verified": False,
}  # fmt: skip
HOSTILE = """a'b "c" \\ \\n $HOME ${HOME} $(id) `id` # no : {{ x }} %d é 日本語 🙂 a=b <b> | \\"""


@pytest.fixture(scope="module")
def store() -> Iterator[image.Store]:
    image.tools()
    here = image.Store(Path(tempfile.mkdtemp(prefix="images-")))  # podman wants a path of less than 50 characters
    yield here
    here.empty()


@pytest.fixture(scope="module")
def built(store: image.Store, handed_over: Path) -> image.Store:
    """A store that holds the project's image."""
    image.stand_ins(store, handed_over, store.folder / "rootfs")
    done = store.build(handed_over, TAG)
    assert done.returncode == 0, done.stdout + done.stderr
    return store


@pytest.fixture
def context(handed_over: Path, tmp_path: Path) -> Path:
    """What an image is built from, to tamper with."""
    for name in CONTEXT:
        copy = shutil.copytree if (handed_over / name).is_dir() else shutil.copy
        copy(handed_over / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def service(built: image.Store) -> Iterator[str]:
    """The URL of a container that serves; it is named `serving`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("road", "serve", "--host", "127.0.0.1", "--port", str(port))
    done = built.run("--detach", "--name", "serving", TAG, *command)
    assert done.returncode == 0, done.stderr
    yield f"http://127.0.0.1:{port}"
    built.podman("rm", "--force", "--time", "1", "serving")


def ask(url: str, body: object = None) -> bytes:
    """What the service answers, once it listens."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    for _ in range(200):
        try:
            with urllib.request.urlopen(request) as answer:
                return bytes(answer.read())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{url} never answered")


def test_it_serves_as_a_user_without_rights_on_a_disk_that_takes_no_write(built: image.Store, service: str) -> None:
    ready = ask(f"{service}/readyz")
    predicted = json.loads(ask(f"{service}/v1/predict", RECORD))
    who = built.podman("exec", "serving", "python", "-c", "import os; print(os.getuid(), os.getgid())")
    written = built.podman("exec", "serving", "python", "-c", "open('/app/x', 'w')")

    assert ready == b"ready\n"
    assert predicted
    assert who.stdout.split() == ["10001", "10001"]
    assert "Read-only file system" in written.stderr


def test_it_has_nothing_that_trains_compiles_or_downloads(built: image.Store) -> None:
    listing = "import importlib.metadata as m, os, shutil; print(sorted(d.name.lower() for d in m.distributions())); "
    listing += "print([t for t in 'cc gcc g++ ld make uv pip git curl wget'.split() if shutil.which(t)]); "
    listing += "print(sorted(os.listdir('/app')))"

    distributions, programs, files = built.run("--rm", TAG, "python", "-c", listing).stdout.splitlines()

    trains = {"scikit-learn", "skl2onnx", "mlflow-skinny", "pandas", "pandera", "onnx", "scipy", "uv", "pip"}
    assert "'onnxruntime'" in distributions
    assert not [name for name in trains if f"'{name}'" in distributions]
    assert programs == "[]"
    assert files == "['.venv', 'contracts', 'handoff', 'pyproject.toml', 'raci.yml']"


def change_a_byte(handoff: Path) -> None:
    file = next(handoff.glob("model-*"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def change_a_hash(handoff: Path) -> None:
    file = next(handoff.glob("requirements-*"))
    file.write_text(file.read_text().replace("sha256:0", "sha256:1").replace("sha256:f", "sha256:0"))


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (lambda handoff: (handoff / "manifest.json").unlink(), "nothing handed over yet"),
        (lambda handoff: next(handoff.glob("requirements-*")).unlink(), "not exactly one requirements-"),
        (change_a_hash, "hash mismatch"),
    ],
    ids=["no manifest", "no serving set", "another package"],
)
def test_what_was_tampered_with_becomes_no_image(
    built: image.Store, context: Path, tamper: Callable[[Path], None], message: str
) -> None:
    tamper(context / "handoff")

    done = built.build(context, "localhost/tampered")

    assert done.returncode != 0
    assert message in (done.stdout + done.stderr).lower()


def test_another_model_than_the_manifest_names_becomes_no_image(built: image.Store, context: Path) -> None:
    change_a_byte(context / "handoff")
    dockerfile = context / "Dockerfile"
    last_steps = dockerfile.read_text().rpartition("COPY handoff/ handoff/")
    dockerfile.write_text("\n".join([f"FROM {TAG}", "USER 0", "".join(last_steps[1:])]))

    done = built.build(context, "localhost/tampered")

    assert done.returncode != 0
    assert "artifact: model has digest" in done.stdout + done.stderr


def test_a_model_that_was_exchanged_afterwards_is_not_served(built: image.Store, context: Path) -> None:
    change_a_byte(context / "handoff")

    done = built.run("--rm", "--volume", f"{context / 'handoff'}:/app/handoff:ro", TAG)

    assert done.returncode == 1
    assert "SERVE002  the artifact has digest" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_its_labels_say_what_was_answered(store: image.Store, generate: Callable[..., Path], tmp_path: Path) -> None:
    dockerfile = (generate(description=HOSTILE) / "Dockerfile").read_text(encoding="utf-8").splitlines()
    labels = [line for line in dockerfile if line.startswith("LABEL ")]
    (tmp_path / "Dockerfile").write_text("\n".join(["FROM scratch", *labels]), encoding="utf-8")

    done = store.build(tmp_path, "localhost/labels")

    assert done.returncode == 0, done.stderr
    said = json.loads(store.buildah("inspect", "--type", "image", "localhost/labels").stdout)["OCIv1"]["config"][
        "Labels"
    ]
    assert said["org.opencontainers.image.description"] == HOSTILE
    assert said["org.opencontainers.image.title"] == "Fraud Scoring"
