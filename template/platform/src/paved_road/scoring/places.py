"""Where tables come from and predictions go to: a file, a folder, or a URL of an object store."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from paved_road import files
from paved_road.findings import problem
from paved_road.scoring.local import Local, at_hand
from paved_road.stores.filesystems import appearing, connect, create, is_folder, translated

SUFFIXES = (".parquet", ".pq")
ABANDONED_S = 3600
"""A file that nobody wrote to for so long is a killed run's."""


class Place:
    """A folder, a file or a URL. It can be sent to another machine.

    Attributes:
        location: as people write it; a path is made absolute, a URL loses its last slash.
    """

    def __init__(self, location: str) -> None:
        """Nothing is reached yet.

        Raises:
            Problem: a location that is not understood, or a package that it needs is missing.
        """
        self.location = location.rstrip("/") if "://" in location else str(Path(location).expanduser().resolve())
        self._files, self._root = connect(self.location)
        self.is_folder = is_folder(self._files)

    def __reduce__(self) -> tuple[type["Place"], tuple[str]]:
        return Place, (self.location,)

    def tables(self) -> list[str]:
        """As `names`; a place that is a file is a table without a name.

        Raises:
            Problem: if there is none, or the place cannot be listed.
        """
        with translated(self.location):
            there = self._files.exists(self._root)
            if there and self._files.isfile(self._root):
                return [""]
        if names := self.names():
            return names
        fact = f"{self.location} holds no Parquet file" if there else f"{self.location} does not exist, or is empty"
        raise problem("SCORE001", fact, f"name a file, a folder or a URL; names end in {' or '.join(SUFFIXES)}")

    def names(self) -> list[str]:
        """Parquet files that are there; of what starts with a dot or an underscore none counts."""
        with translated(self.location):
            found = self._files.find(self._root) if self._files.exists(self._root) else []
        inside = [path.removeprefix(self._root).lstrip("/") for path in found]
        return sorted(name for name in inside if name.endswith(SUFFIXES) and not _hidden(name))

    def name_of(self, table: str) -> str:
        """What a table's predictions are called: as itself."""
        return table or self._root.rpartition("/")[2]

    @contextmanager
    def local(self, table: str) -> Iterator[Local]:
        """A table as a file of this machine.

        Raises:
            Problem: it cannot be read.
        """
        with translated(self.location), at_hand(self._files, self._key(table)) as found:
            yield found

    def output(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A stream to what appears under a name at once, and only if nothing goes wrong inside."""
        return appearing(self.location, self._files, self._key(name))

    @contextmanager
    def existing(self, name: str) -> Iterator[IO[bytes] | None]:
        """What stands under a name, if anything does."""
        with translated(self.location):
            try:
                stream = self._files.open(self._key(name), "rb", block_size=2**16)
            except FileNotFoundError:
                yield None
                return
            with stream:
                yield stream

    def remove(self, name: str) -> None:
        """Take away what stands under a name, if anything does."""
        with translated(self.location), suppress(FileNotFoundError):
            self._files.rm_file(self._key(name))

    def claim(self, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """Write a document unless there is one; of several who do so at once, one does.

        Returns:
            The document that is there.
        """
        text = json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
        with translated(self.location):
            with suppress(FileExistsError):
                create(self._files, self._key(name), text)
            there = self._files.cat_file(self._key(name))
        try:
            found: dict[str, Any] = json.loads(there)
        except ValueError:
            found = {}
        return found

    def sweep(self, name: str) -> None:
        """Take away what a killed run left half written under a name."""
        if self.is_folder:
            file = Path(self._key(name))
            for part in file.parent.glob(f".{file.name}.*{files.UNFINISHED}"):
                with suppress(OSError):
                    if time.time() - part.stat().st_mtime > ABANDONED_S:
                        part.unlink()

    def _key(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root


def separate(source: Place, target: Place) -> None:
    """Refuse to write into what is read.

    Raises:
        Problem: if predictions would be among the tables of the next run.
    """
    if target.location == source.location or target.location.startswith(f"{source.location}/"):
        fact = f"{target.location} lies inside {source.location}: the next run would take predictions for tables"
        raise problem("SCORE002", fact, "write to a folder beside it")


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "_")) for part in name.split("/"))
