"""Records of a few answered requests in the log, for those who look into a model; off unless an operator asks.

A value is shown only if the data contract classifies its column as one that everybody in the house may see.
"""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from paved_road import documents
from paved_road.findings import Problem
from paved_road.handoff.manifest import Manifest
from paved_road.serving.logs import Log
from paved_road.serving.model import Answer
from paved_road.serving.release import Release

SHOWN = frozenset({"public", "internal"})
"""Classifications whose values are shown; any other one, and none, hides them."""

MOST_RECORDS = 5
HIDDEN = "[hidden]"


class Sampler:
    """Logs a share of the answered requests."""

    def __init__(self, share: float, folder: Path, log: Log) -> None:
        """Sample.

        Args:
            share: of the requests, from 0 to 1.
            folder: handoff folder, beside which the contracts are.
            log: where to.
        """
        self._share, self._folder, self._log = share, folder, log
        self._open: dict[str, frozenset[str]] = {}

    def __call__(self, release: Release, request_id: bytes, body: bytes, given: Answer) -> None:
        """Log a request and its answer, or leave it."""
        if random.random() >= self._share:
            return
        shown = self._shown(release.evidence)
        promise = release.evidence.contract.promise
        records, predictions = _rows(body), _rows(given.body)
        outputs = {output.name for output in promise.outputs} if promise.target in shown else frozenset[str]()
        self._log.event(
            "sample",
            request_id=request_id.decode(),
            version=release.version,
            records=[_hidden(record, shown) for record in records[:MOST_RECORDS]],
            # A prediction tells what the target tells.
            predictions=[_hidden(prediction, outputs) for prediction in predictions[:MOST_RECORDS]],
            of=len(records),
        )

    def _shown(self, evidence: Manifest) -> frozenset[str]:
        """Columns whose values may be shown, by the data contract that the manifest was built under."""
        digest = evidence.contract.data_sha256
        if digest not in self._open:
            file = self._folder.resolve().parent / "contracts" / "data.yml"
            try:
                self._open[digest] = shown(file, digest)
            except (Problem, KeyError, TypeError, AttributeError, IndexError) as error:
                self._open[digest] = frozenset()
                self._log.event("sampling hides every value", "warning", why=str(error))
        return self._open[digest]


def shown(file: Path, digest: str) -> frozenset[str]:
    """Columns that a data contract lets be shown.

    Args:
        file: the contract.
        digest: that it must have.

    Raises:
        Problem: it cannot be read.
        KeyError: it is another contract.
    """
    document = documents.load(file, "contracts/data.yml", "DATA001")
    if documents.digest(document.data) != digest:
        raise KeyError("contracts/data.yml is not the one that the model was handed over with")
    columns = document.data["schema"][0]["properties"]
    return frozenset(column["name"] for column in columns if str(column.get("classification")).lower() in SHOWN)


def _rows(document: bytes) -> list[Mapping[str, Any]]:
    given = msgspec.json.decode(document)
    return given if isinstance(given, list) else [given]


def _hidden(row: Mapping[str, Any], shown: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value if name in shown else HIDDEN for name, value in row.items()}
