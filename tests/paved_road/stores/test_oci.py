"""The handoff as an OCI image layout: the same bytes each time, refused when not whole, never half there."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paved_road.findings import Problem
from paved_road.handoff import oci
from serving_examples import contract, hand_over


@pytest.fixture
def handoff(tmp_path: Path) -> Path:
    """A handoff folder whose every file is there."""
    folder = tmp_path / "handoff"
    for file in hand_over(folder, contract()).files:
        (folder / file.path).touch()
    return folder


@pytest.fixture
def layout(handoff: Path, tmp_path: Path) -> Path:
    oci.pack(handoff, tmp_path / "layout")
    return tmp_path / "layout"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def image(layout: Path) -> dict[str, Any]:
    """The OCI manifest of a layout."""
    digest = json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"]
    document: dict[str, Any] = json.loads((layout / "blobs" / "sha256" / digest.removeprefix("sha256:")).read_bytes())
    return document


def test_what_was_packed_is_unpacked_byte_for_byte(handoff: Path, layout: Path, tmp_path: Path) -> None:
    manifest = oci.unpack(layout, tmp_path / "back")

    assert contents(tmp_path / "back") == contents(handoff)
    assert manifest.contract.promise.name == "card-fraud"


def test_the_same_handoff_gives_the_same_bytes(handoff: Path, layout: Path, tmp_path: Path) -> None:
    oci.pack(handoff, tmp_path / "again")

    assert contents(tmp_path / "again") == contents(layout)


def test_the_layout_is_an_artifact_of_the_image_specification(layout: Path) -> None:
    manifest = image(layout)

    assert json.loads((layout / "oci-layout").read_bytes()) == {"imageLayoutVersion": "1.0.0"}
    assert manifest["artifactType"] == "application/vnd.paved-road.handoff.v1"
    assert manifest["config"]["mediaType"] == "application/vnd.oci.empty.v1+json"
    assert manifest["annotations"]["org.opencontainers.image.version"] == "1.2.0"
    titles = [layer["annotations"]["org.opencontainers.image.title"].partition("-")[0] for layer in manifest["layers"]]
    assert titles == ["manifest.json", "golden", "model", "predictions", "requirements"]


def test_every_blob_is_named_by_its_digest_and_described_with_its_size(layout: Path) -> None:
    described = {item["digest"]: item["size"] for item in (image(layout)["config"], *image(layout)["layers"])}
    blobs = {path.name: path.read_bytes() for path in (layout / "blobs" / "sha256").iterdir()}

    assert {name: hashlib.sha256(content).hexdigest() for name, content in blobs.items()} == {n: n for n in blobs}
    assert all(len(blobs[digest.removeprefix("sha256:")]) == size for digest, size in described.items())


def test_only_what_the_manifest_names_is_packed(handoff: Path, layout: Path, tmp_path: Path) -> None:
    (handoff / "notes.txt").write_text("mine")

    oci.pack(handoff, tmp_path / "again")

    assert contents(tmp_path / "again") == contents(layout)


# Refusals ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-1] + b"!"), "artifact: model has digest"),
        (lambda file: file.unlink(), "is missing, or is not a plain file"),
    ],
    ids=["another byte", "missing"],
)
def test_a_handoff_that_does_not_hold_is_not_packed(
    handoff: Path, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(next(handoff.glob("model-*")))

    with pytest.raises(Problem, match=message):
        oci.pack(handoff, tmp_path / "layout")

    assert not (tmp_path / "layout").exists()


def test_a_target_with_something_in_it_is_left_alone(handoff: Path, layout: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")

    for fill in (lambda: oci.pack(handoff, tmp_path / "taken"), lambda: oci.unpack(layout, tmp_path / "taken")):
        with pytest.raises(Problem, match="is not empty"):
            fill()

    assert contents(tmp_path / "taken") == {"mine.txt": b"mine"}


KILLED = """
import os, sys
from pathlib import Path
from paved_road import files
from paved_road.handoff import oci

whole = files.write
files.write = lambda path, content: os.kill(os.getpid(), 9) if path.name == "index.json" else whole(path, content)
oci.pack(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_a_killed_pack_leaves_no_layout(handoff: Path, tmp_path: Path) -> None:
    target = tmp_path / "build" / "layout"

    done = subprocess.run([sys.executable, "-c", KILLED, handoff, target])

    assert done.returncode == -9
    assert not target.exists()
    assert not list(tmp_path.rglob("index.json"))
    oci.pack(handoff, target)
    assert [path.name for path in target.parent.iterdir()] == ["layout"]


def rewrite(layout: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the OCI manifest of a layout and name it by its new digest, as an attacker would."""
    document = image(layout)
    change(document)
    content = json.dumps(document).encode()
    digest = hashlib.sha256(content).hexdigest()
    (layout / "blobs" / "sha256" / digest).write_bytes(content)
    index = json.loads((layout / "index.json").read_bytes())
    index["manifests"][0] |= {"digest": f"sha256:{digest}", "size": len(content)}
    (layout / "index.json").write_text(json.dumps(index))


def title(name: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["layers"][1]["annotations"]["org.opencontainers.image.title"] = name

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (title("../escape"), "which is no file of a handoff"),
        (title("/tmp/escape"), "which is no file of a handoff"),
        (title("golden-000000000000.parquet"), "is missing, or is not a plain file"),
        (lambda document: document["layers"].pop(), "is missing, or is not a plain file"),
        (lambda document: document["layers"][2].update(digest="sha256:../../x"), "cannot be read as an OCI layout"),
        (lambda document: document["layers"][2].update(size=1), "does not hold what its digest and size say"),
        (lambda document: document.update(artifactType="application/other"), "holds application/other, not a handoff"),
        (lambda document: document.pop("layers"), "cannot be read as an OCI layout"),
    ],
)
def test_a_changed_layout_is_not_unpacked(
    layout: Path, tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    rewrite(layout, change)

    with pytest.raises(Problem, match=message):
        oci.unpack(layout, tmp_path / "back")

    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda blob: blob.write_bytes(blob.read_bytes()[:-1] + b"!"), "does not hold what its digest and size say"),
        (lambda blob: blob.unlink(), "is missing"),
    ],
    ids=["another byte", "missing"],
)
def test_a_damaged_blob_is_not_unpacked(
    layout: Path, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(layout / "blobs" / "sha256" / image(layout)["layers"][2]["digest"].removeprefix("sha256:"))

    with pytest.raises(Problem, match=message):
        oci.unpack(layout, tmp_path / "back")

    assert not (tmp_path / "back").exists()


def test_a_folder_without_index_is_no_layout(layout: Path, tmp_path: Path) -> None:
    (layout / "index.json").unlink()

    with pytest.raises(Problem, match=r"has no index.json: it is no OCI layout"):
        oci.unpack(layout, tmp_path / "back")


# What it costs ----------------------------------------------------------------
MEMORY = """
import resource, sys
from pathlib import Path
from paved_road.handoff import oci

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

blobs = Path(sys.argv[2])
before = peak()
oci._layer(Path(sys.argv[1]), blobs)
print(peak() - before)
"""


def test_a_large_file_streams_in_flat_memory(tmp_path: Path) -> None:
    large = tmp_path / "model.onnx"
    large.touch()
    os.truncate(large, 200 * 2**20)
    (tmp_path / "blobs").mkdir()

    done = subprocess.run([sys.executable, "-c", MEMORY, large, tmp_path / "blobs"], capture_output=True, text=True)

    assert int(done.stdout) < 32, done.stdout + done.stderr
