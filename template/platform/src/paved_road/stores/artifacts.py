"""Artifacts by what they hold: the file with digest ``abcd…`` is at ``sha256/ab/abcd…``, in a folder or a cloud.

What stands under a name is whole: a folder gets it by a rename, an object store by the request that ends the upload.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Thread
from typing import IO, Any

from paved_road import files
from paved_road.findings import Problem, problem
from paved_road.project import Project
from paved_road.stores.filesystems import BLOCK, appearing, connect, is_folder, translated

VARIABLE = "ROAD_ARTIFACT_STORE"


def location(project: Project) -> str:
    """Where a repository's artifacts are kept: an absolute folder, or a URL."""
    chosen = os.environ.get(VARIABLE) or project.settings.artifact_store
    return chosen if "://" in chosen else str(project.root / Path(chosen).expanduser())


def open(location: str) -> "Store":
    """The store at a folder or URL; nothing is reached yet.

    Raises:
        Problem: a location that is not understood, or a package that it needs is missing.
    """
    return Store(location, *connect(location))


def probe(location: str, seconds: float = 5) -> None:
    """As `Store.probe`, given up on after some seconds.

    Raises:
        Problem: if the store cannot be used, or does not answer in time.
    """
    found: list[Exception | None] = []

    def ask() -> None:
        try:
            open(location).probe()
            found.append(None)
        except Problem as error:
            found.append(error)

    asking = Thread(target=ask, daemon=True)  # a client library may go on trying for minutes
    asking.start()
    asking.join(seconds)
    if not found:
        fact = f"{location} did not answer within {seconds:g} s"
        raise problem("STORE003", fact, "check the network and the endpoint")
    if found[0]:
        raise found[0]


class Store:
    """A content-addressed store.

    Attributes:
        location: where it is, as people write it.
    """

    def __init__(self, location: str, filesystem: Any, root: str) -> None:
        self.location = location
        self._files = filesystem
        self._root = root
        self._is_folder = is_folder(filesystem)

    def url(self, sha256: str) -> str:
        """Where an artifact is, or would be."""
        return f"{self.location.rstrip('/')}/{_name(sha256)}"

    def has(self, sha256: str) -> bool:
        """Whether an artifact is there.

        Raises:
            Problem: if the store cannot be asked.
        """
        return self._size(sha256) is not None

    def put(self, path: Path, sha256: str) -> None:
        """Keep a file; nothing is sent if it is there already.

        Raises:
            Problem: the file has another digest, or the store does not take it. Nothing stands under its name then.
        """
        with path.open("rb") as source:
            if self._size(sha256) == os.fstat(source.fileno()).st_size:
                return
            digest = hashlib.sha256()
            with self._appearing(self._key(sha256)) as stream:
                while chunk := source.read(BLOCK):
                    digest.update(chunk)
                    stream.write(chunk)
                if digest.hexdigest() != sha256:
                    fact = f"has digest {digest.hexdigest()[:12]}, not {sha256[:12]}: it changed, or is another file"
                    raise problem("STORE009", fact, "build it again", path=str(path))

    def get(self, sha256: str, size: int, target: Path) -> None:
        """Write an artifact to a file, which appears whole or not at all.

        Args:
            sha256: its digest.
            size: its bytes; more are never read.
            target: where to.

        Raises:
            Problem: missing, of another size or digest, or the store cannot be read.
        """
        stored = self._size(sha256)
        if stored is None:
            fact = f"{self.url(sha256)} is missing"
            raise problem("STORE007", fact, f"put it there from where it was built, or set {VARIABLE} to its store")
        if stored != size:
            raise self._wrong(sha256, f"has {stored:,} bytes, {size:,} were handed over")
        digest = hashlib.sha256()
        with files.replacing(target) as stream:
            for chunk in self._read(sha256, size):
                digest.update(chunk)
                stream.write(chunk)
            if digest.hexdigest() != sha256:
                raise self._wrong(sha256, f"holds other bytes, with digest {digest.hexdigest()[:12]}")

    def probe(self) -> None:
        """Ask for one thing, to see that the store answers; a folder needs not be there yet.

        Raises:
            Problem: if it cannot be reached, does not exist, or is not writable.
        """
        if self._is_folder:
            folder = Path(self._root)
            nearest = next(path for path in (folder, *folder.parents) if path.exists())
            if not nearest.is_dir() or not os.access(nearest, os.W_OK):
                raise problem(
                    "STORE005", f"{nearest} is no folder that may be written to", f"mend it, or set {VARIABLE}"
                )
            return
        with translated(self.location):
            try:
                self._files.info(self._root)
            except FileNotFoundError:  # an empty prefix is fine in a bucket that is there
                self._files.info(self._root.partition("/")[0])

    def _key(self, sha256: str) -> str:
        return f"{self._root}/{_name(sha256)}"

    def _size(self, sha256: str) -> int | None:
        key = self._key(sha256)
        with translated(self.location):
            try:
                return int(self._files.info(key)["size"])
            except FileNotFoundError:
                return None

    def _wrong(self, sha256: str, fact: str) -> Exception:
        remedy = "it is half uploaded or damaged: delete it, and put it there again from where it was built"
        return problem("STORE008", f"{self.url(sha256)} {fact}", remedy)

    def _read(self, sha256: str, size: int) -> Iterator[bytes]:
        with translated(self.location):
            stream = self._files.open(self._key(sha256), "rb", block_size=BLOCK, cache_type="none")
        with stream:
            left = size
            while left:
                with translated(self.location):
                    chunk = stream.read(min(BLOCK, left))
                if not chunk:
                    raise self._wrong(sha256, f"ends {left:,} bytes early")
                left -= len(chunk)
                yield chunk

    def _appearing(self, key: str) -> AbstractContextManager[IO[bytes]]:
        return appearing(self.location, self._files, key)


def _name(sha256: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError(f"not a SHA-256 digest: {sha256!r}")
    return f"sha256/{sha256[:2]}/{sha256}"
