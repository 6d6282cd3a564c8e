"""The serving image: built from what was handed over, run as nobody in particular, and refused when tampered with.

Slow: it builds images. It needs buildah, podman and root; the images that the Dockerfile starts from are stand-ins.
"""

import json
import os
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tools import image, workflow

from tests.template.conftest import run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]

TAG = "localhost/fraud-scoring:test"
CONTEXT = ("Dockerfile", ".dockerignore", "pyproject.toml", "raci.yml", "contracts", "handoff", "platform")
RECORD = {
    "amount": 480, "usual_amount": 31.5, "merchant_category": "electronics", "merchant_region": "overseas",
    "channel": "magstripe", "device": None, "card_issued_at": "2024-03-02T10:15:00Z", "distance_from_home_km": 6120.5,
    "transactions_last_day": 6, "local_hour": 3, "pin_verified": False,
}  # fmt: skip
ARGUMENTS = ("MODEL_VERSION", "MODEL_REVISION", "MODEL_SEAL")
BUDGET = 350_000_000
REAL_BASE = 130_000_000  # python:3.12-slim-bookworm, of which the stand-in has not all
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
    done = store.build(handed_over, TAG, *arguments(handed_over))
    assert done.returncode == 0, done.stdout + done.stderr
    return store


def arguments(project: Path) -> list[str]:
    """The build arguments that the manifest asks for."""
    done = run(project, "road", "image", "args")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


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
    base = (
        "import importlib.util as u; print([name for name in ('pip', 'ensurepip', 'setuptools') if u.find_spec(name)])"
    )

    distributions, programs, files = built.run("--rm", TAG, "python", "-c", listing).stdout.splitlines()
    of_the_base = built.run("--rm", TAG, "/usr/local/bin/python3", "-c", base).stdout

    trains = {"scikit-learn", "skl2onnx", "mlflow-skinny", "pandas", "pandera", "onnx", "scipy", "uv", "pip"}
    assert "'onnxruntime'" in distributions
    assert not [name for name in trains if f"'{name}'" in distributions]
    assert programs == "[]"
    assert of_the_base == "[]\n"
    assert files == "['.pycache', '.venv', 'contracts', 'handoff', 'pyproject.toml', 'raci.yml']"


def test_it_is_small(built: image.Store, handed_over: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = (handed_over / "Dockerfile").read_text().rpartition("\nFROM ")[2].split()[0]

    size, of_the_base = (built.inspect(name)["Size"] for name in (TAG, base))

    with capsys.disabled():
        print(f"\n{size / 1e6:.0f} MB uncompressed; {(size - of_the_base) / 1e6:.0f} MB more than its base")
    assert size - of_the_base + REAL_BASE <= BUDGET


def test_its_labels_are_those_of_the_manifest(built: image.Store, handed_over: Path) -> None:
    evidence = json.loads((handed_over / "handoff/manifest.json").read_text())

    labels = built.inspect(TAG)["Labels"]

    assert labels["org.opencontainers.image.version"] == evidence["contract"]["promise"]["version"]
    assert labels["org.opencontainers.image.revision"] == evidence["artifact"]["origin"]["commit"]
    assert labels["paved-road.handoff.seal"] == evidence["seal"]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_image_that_is_labelled_as_another_is_none(built: image.Store, handed_over: Path, name: str) -> None:
    right = arguments(handed_over)
    at = next(at for at, word in enumerate(right) if word.startswith(name))
    without = right[: at - 1] + right[at + 1 :]

    wrong = built.build(handed_over, "localhost/mislabelled", *right, "--build-arg", f"{name}=9.9.9")
    missing = built.build(handed_over, "localhost/mislabelled", *without)

    assert wrong.returncode != 0
    assert f"{name} is 9.9.9, and the manifest says" in wrong.stdout + wrong.stderr
    assert missing.returncode != 0
    assert f"{name} is not given" in missing.stdout + missing.stderr
    assert "docker build $(uv run road image args) ." in missing.stdout + missing.stderr


# Every file of ours, what may be done with it, and what it holds.
FILES = """
import hashlib, os
for folder, _, files in os.walk("/app"):
    for path in (os.path.join(folder, name) for name in files):
        digest = hashlib.sha256(open(path, "rb").read()).hexdigest() if os.path.isfile(path) else os.readlink(path)
        print(path, oct(os.lstat(path).st_mode), digest)
"""


def test_another_build_of_the_same_handoff_holds_the_same_bytes(built: image.Store, handed_over: Path) -> None:
    again = built.build(handed_over, "localhost/again", "--no-cache", *arguments(handed_over))
    assert again.returncode == 0, again.stdout + again.stderr

    once, twice = (
        set(built.run("--rm", name, "python", "-c", FILES).stdout.splitlines()) for name in (TAG, "localhost/again")
    )

    assert len(once) > 1000
    assert sorted(once ^ twice) == []


# CI -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def ci(built: image.Store, handed_over: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project as CI has it, where `docker build` builds in the store; its handoff is put back afterwards."""
    monkeypatch.setenv("PATH", f"{built.docker(tmp_path)}{os.pathsep}{os.environ['PATH']}")
    shutil.copytree(handed_over / "handoff", tmp_path / "kept")
    yield handed_over
    shutil.rmtree(handed_over / "handoff")
    shutil.copytree(tmp_path / "kept", handed_over / "handoff")


def test_ci_builds_the_image_of_what_was_handed_over(ci: Path, built: image.Store) -> None:
    outcome = workflow.run(ci, ["changes", "image"])["image"]

    assert outcome.result == "success", outcome
    labels = built.inspect("localhost/candidate:ci")["Labels"]
    assert labels["paved-road.handoff.seal"] == json.loads((ci / "handoff/manifest.json").read_text())["seal"]


def test_ci_refuses_a_handoff_of_which_no_image_can_be_built(ci: Path) -> None:
    change_a_byte(ci / "handoff")

    outcome = workflow.run(ci, ["changes", "image"])["image"]

    assert outcome.failed == ["Build the image of what was handed over"], outcome
    assert "artifact: model has digest" in str(outcome)


# Attacks -------------------------------------------------------------------------------------------------------------
# What an attacker would try who can run Python in the container.
WRITABLE = """
import os
for folder, _, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/dev", "/tmp", "/run")):
        continue
    for path in [folder, *(os.path.join(folder, name) for name in files)]:
        if os.access(path, os.W_OK) and not os.path.islink(path):
            print(path)
"""
PRIVILEGES = """
import os, stat
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print("capabilities", *{status[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")})
print("new privileges", status["NoNewPrivs"].strip())
for gain in (lambda: os.setuid(0), lambda: os.chroot("/tmp"), lambda: os.mknod("/tmp/disk", stat.S_IFBLK, 0x800)):
    try:
        gain()
        print("gained")
    except PermissionError:
        print("refused")
for folder, _, files in os.walk("/"):
    for path in (os.path.join(folder, name) for name in files if not folder.startswith(("/proc", "/sys"))):
        if os.path.isfile(path) and os.stat(path).st_mode & (stat.S_ISUID | stat.S_ISGID):
            print(path)
"""
OUTSIDE = """
import socket
for address in (("192.0.2.1", 443), ("2001:db8::1", 443)):
    try:
        socket.create_connection(address, timeout=5)
        print("connected")
    except OSError as error:
        print(error.strerror)
"""
PREDICT = """
import json, sys, time, urllib.request
request = urllib.request.Request("http://127.0.0.1:8000" + sys.argv[1], sys.argv[2].encode() or None,
                                 {"content-type": "application/json"})
for _ in range(200):
    try:
        print(urllib.request.urlopen(request).read().decode())
        break
    except OSError:
        time.sleep(0.1)
"""


def test_nothing_of_it_is_writable_even_where_the_disk_is(built: image.Store) -> None:
    done = built.podman(
        "run", "--rm", "--network", "none", "--no-healthcheck", *image.LIMITS, TAG, "python", "-c", WRITABLE
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_it_gains_no_privileges(built: image.Store) -> None:
    done = built.run("--rm", TAG, "python", "-c", PRIVILEGES)

    assert done.returncode == 0, done.stderr
    nothing = ["capabilities 0000000000000000", "new privileges 1"]
    assert done.stdout.splitlines() == [*nothing, "refused", "refused", "refused"]


@pytest.fixture
def alone(built: image.Store) -> Iterator[image.Store]:
    """A container that serves without a network; it is named `alone`."""
    started = built.run("--detach", "--name", "alone", TAG, network="none")
    assert started.returncode == 0, started.stderr
    yield built
    built.podman("rm", "--force", "--time", "1", "alone")


def test_without_a_network_it_serves_all_the_same(alone: image.Store) -> None:
    ready = alone.podman("exec", "alone", "python", "-c", PREDICT, "/readyz", "")
    predicted = alone.podman("exec", "alone", "python", "-c", PREDICT, "/v1/predict", json.dumps(RECORD))
    outside = alone.podman("exec", "alone", "python", "-c", OUTSIDE)
    logged = alone.podman("logs", "alone").stderr.splitlines()

    assert ready.stdout.strip() == "ready"
    assert "is_fraud" in predicted.stdout
    assert outside.stdout.split("\n")[:2] == ["Network is unreachable"] * 2
    assert {json.loads(line)["event"] for line in logged} == {"request"}  # nobody missed anything


def test_its_healthcheck_tells_a_server_from_none(alone: image.Store) -> None:
    how, *check = alone.inspect(TAG)["Healthcheck"]["Test"]
    alone.podman("exec", "alone", "python", "-c", PREDICT, "/readyz", "")  # waits until it is

    served = alone.podman("exec", "alone", *check)
    nobody = alone.run("--rm", TAG, *check, network="none")

    assert how == "CMD"
    assert served.returncode == 0, served.stderr
    assert nobody.returncode != 0
    assert "Connection refused" in nobody.stderr


# Tampering -----------------------------------------------------------------------------------------------------------
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
        (lambda handoff: (handoff / "manifest.json").unlink(), "road handoff build"),
        (lambda handoff: next(handoff.glob("requirements-*")).unlink(), "not exactly one requirements-"),
        (change_a_hash, "hash mismatch"),
    ],
    ids=["no manifest", "no serving set", "another package"],
)
def test_what_was_tampered_with_becomes_no_image(
    built: image.Store, handed_over: Path, context: Path, tamper: Callable[[Path], None], message: str
) -> None:
    named = arguments(handed_over)
    tamper(context / "handoff")

    done = built.build(context, "localhost/tampered", *named)

    assert done.returncode != 0
    assert message in (done.stdout + done.stderr).lower()


def test_another_model_than_the_manifest_names_becomes_no_image_and_installs_nothing_again(
    built: image.Store, handed_over: Path, context: Path
) -> None:
    change_a_byte(context / "handoff")

    done = built.build(context, "localhost/tampered", *arguments(handed_over))

    assert done.returncode != 0
    assert "artifact: model has digest" in done.stdout + done.stderr
    assert "onnxruntime==" not in done.stderr


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
