"""What several processes count, as one: each keeps a snapshot in a folder, and whoever is asked adds them up.

Plain files rather than prometheus_client's own, which every count would have to go through: a count stays an addition.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from prometheus_client.core import Metric

from paved_road.serving import snapshots
from paved_road.serving.exposition import merged

SAVE_SECONDS = 1.0


class _Family(NamedTuple):
    name: str
    documentation: str
    type: str
    samples: list[tuple[str, dict[str, str], float]]


class Shared:
    """One process's part of a folder."""

    def __init__(self, folder: Path, mine: Callable[[], Iterable[Metric]]) -> None:
        """Take part.

        Args:
            folder: of all processes that count together.
            mine: what this process has counted so far.
        """
        self._folder, self._mine = folder, mine
        self._file = snapshots.of(folder, os.getpid())

    def save(self) -> None:
        """Keep what was counted so far; it stays when this process ends, however it ends."""
        families = [
            _Family(
                family.name,
                family.documentation,
                family.type,
                [(sample.name, dict(sample.labels), float(sample.value)) for sample in family.samples],
            )
            for family in self._mine()
        ]
        draft = self._file.with_name(f".{self._file.name}")
        draft.write_bytes(msgspec.msgpack.encode(families))
        draft.replace(self._file)

    async def keep_saving(self, answered: Callable[[], int]) -> None:
        """Save whenever something was answered.

        Args:
            answered: tells how many requests were.
        """
        before = -1
        while True:
            if (now := answered()) != before:
                before = now
                self.save()
            await asyncio.sleep(SAVE_SECONDS)

    def collect(self) -> Iterator[Metric]:
        """Everything that all processes counted; saved first, so that a count that was once told is never lost."""
        self.save()
        return merged(_read(file) for file in snapshots.every(self._folder))


def _read(file: Path) -> Iterator[Metric]:
    try:
        families = msgspec.msgpack.decode(file.read_bytes(), type=list[_Family])
    except FileNotFoundError:  # renamed meanwhile: the next page has it
        return
    for found in families:
        if found.type == "gauge" and snapshots.has_ended(file):
            continue
        family = Metric(found.name, found.documentation, found.type)
        for name, labels, value in found.samples:
            family.add_sample(name, labels, value)
        yield family
