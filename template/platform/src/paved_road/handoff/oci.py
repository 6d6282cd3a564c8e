"""The handoff as an OCI image layout: one file a layer, so that any image registry can carry it.

Written to the image specification 1.1, its guidance for artifacts included. The same handoff gives the same bytes, and
so the same digest. ``index.json`` is written last: without it the folder is no layout to any tool.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from paved_road import files
from paved_road.findings import Problem, problem
from paved_road.handoff.manifest import Manifest, load
from paved_road.handoff.provenance.bundle import NAMES
from paved_road.handoff.verify import verify

ARTIFACT_TYPE = "application/vnd.paved-road.handoff.v1"
IMAGE_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
IMAGE_INDEX = "application/vnd.oci.image.index.v1+json"
TITLE = "org.opencontainers.image.title"
_EMPTY = b"{}"
_KINDS = {
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
    ".skops": "application/zip",
}
_BLOCK = 2**20

Descriptor = dict[str, Any]


def intact(folder: Path) -> Manifest:
    """The manifest of a handoff folder whose every file is the one that it names.

    Raises:
        Problem: no manifest, a changed one, or a file that is missing or another.
    """
    for outcome in verify(folder, None):
        if not outcome.passed:
            raise Problem(*outcome.findings)
        if outcome.check == "files":
            break
    return load(folder)


def pack(folder: Path, target: Path) -> str:
    """Write a handoff folder as an OCI image layout.

    Args:
        folder: the handoff folder.
        target: a folder that does not exist yet, or is empty.

    Returns:
        The digest of the OCI manifest, ``sha256:…``.

    Raises:
        Problem: the handoff does not hold, or `target` has something in it.
    """
    manifest = intact(folder)
    target = _empty(target)
    with files.staged_folder(target) as staged:
        blobs = staged / "blobs" / "sha256"
        blobs.mkdir(parents=True)
        packed = _bytes(_image(manifest, [_layer(folder / name, blobs) for name in _names(folder, manifest)]))
        _keep(blobs, _EMPTY)
        digest = _keep(blobs, packed)
        index = {
            "schemaVersion": 2,
            "mediaType": IMAGE_INDEX,
            "manifests": [
                _descriptor(IMAGE_MANIFEST, digest, len(packed))
                | {"artifactType": ARTIFACT_TYPE}
                | {"annotations": {"org.opencontainers.image.ref.name": manifest.contract.promise.version}}
            ],
        }
        files.write(staged / "oci-layout", _bytes({"imageLayoutVersion": "1.0.0"}))
        files.write(staged / "index.json", _bytes(index))
    return digest


def unpack(layout: Path, target: Path) -> Manifest:
    """Write the handoff folder that an OCI image layout holds.

    Args:
        layout: the layout, as any registry tool wrote it.
        target: a folder that does not exist yet, or is empty.

    Raises:
        Problem: no layout, no handoff in it, a blob that is not what its digest says, or `target` is not empty.
    """
    target = _empty(target)
    image = _read_image(layout)
    with files.staged_folder(target) as staged:
        for layer in image.layers:
            name = layer.annotations.get(TITLE, "")
            if not name or Path(name).name != name or name.startswith("."):
                raise _broken(layout, f"a layer has the title {name!r}, which is no file of a handoff")
            with (staged / name).open("wb") as stream:
                for chunk in _blob(layout, layer):
                    stream.write(chunk)
        return intact(staged)


def _empty(target: Path) -> Path:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise problem("OCI001", "is not empty", "name a folder that does not exist yet", path=str(target))
    return target.resolve()


def _names(folder: Path, manifest: Manifest) -> list[str]:
    signatures = [name for name in NAMES if (folder / name).is_file()]
    return ["manifest.json", *signatures, *sorted({file.path for file in manifest.files})]


# Writing ----------------------------------------------------------------------
def _layer(file: Path, blobs: Path) -> Descriptor:
    digest, size = hashlib.sha256(), 0
    staged = blobs / f".{file.name}"
    with file.open("rb") as source, staged.open("wb") as copy:
        while chunk := source.read(_BLOCK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
    staged.rename(blobs / digest.hexdigest())
    kind = _KINDS.get(file.suffix, "application/octet-stream")
    return _descriptor(kind, f"sha256:{digest.hexdigest()}", size) | {"annotations": {TITLE: file.name}}


def _image(manifest: Manifest, layers: list[Descriptor]) -> dict[str, Any]:
    promise = manifest.contract.promise
    empty = f"sha256:{hashlib.sha256(_EMPTY).hexdigest()}"
    return {
        "schemaVersion": 2,
        "mediaType": IMAGE_MANIFEST,
        "artifactType": ARTIFACT_TYPE,
        "config": _descriptor("application/vnd.oci.empty.v1+json", empty, len(_EMPTY)) | {"data": "e30="},
        "layers": layers,
        "annotations": {
            TITLE: promise.name,
            "org.opencontainers.image.version": promise.version,
            "org.opencontainers.image.description": promise.intended_use,
            "org.opencontainers.image.created": manifest.created_at,
            "org.opencontainers.image.revision": manifest.artifact.origin.commit,
            "paved-road.handoff.seal": manifest.seal,
        },
    }


def _descriptor(kind: str, digest: str, size: int) -> Descriptor:
    return {"mediaType": kind, "digest": digest, "size": size}


def _keep(blobs: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    (blobs / digest).write_bytes(content)
    return f"sha256:{digest}"


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# Reading ----------------------------------------------------------------------
class _Named(msgspec.Struct, frozen=True):
    digest: Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$")]
    size: int
    annotations: dict[str, str] = {}


class _Index(msgspec.Struct, frozen=True):
    manifests: Annotated[list[_Named], Meta(min_length=1, max_length=1)]


class _Image(msgspec.Struct, frozen=True, rename="camel"):
    layers: list[_Named]
    artifact_type: str = "an image"


def _read_image(layout: Path) -> _Image:
    try:
        index = msgspec.json.decode((layout / "index.json").read_bytes(), type=_Index)
        image = msgspec.json.decode(b"".join(_blob(layout, index.manifests[0])), type=_Image)
    except FileNotFoundError as error:
        raise _broken(layout, "has no index.json: it is no OCI layout") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(layout, f"cannot be read as an OCI layout: {error}") from error
    if image.artifact_type != ARTIFACT_TYPE:
        raise _broken(layout, f"holds {image.artifact_type}, not a handoff")
    return image


def _blob(layout: Path, named: _Named) -> Iterator[bytes]:
    name = named.digest.removeprefix("sha256:")
    digest, left = hashlib.sha256(), named.size
    file = layout / "blobs" / "sha256" / name
    if not file.is_file():
        raise _broken(layout, f"blob {name[:12]} is missing")
    with file.open("rb") as stream:
        while chunk := stream.read(min(_BLOCK, left + 1)):
            digest.update(chunk)
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
    if left or digest.hexdigest() != name:
        raise _broken(layout, f"blob {name[:12]} does not hold what its digest and size say")


def _broken(layout: Path, fact: str) -> Problem:
    return problem("OCI002", fact, "copy it again from the registry that it came from", path=str(layout))
