"""A handed-over model, loaded and tried: bytes of a request in, bytes of a response out."""

import math
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import examples, refusals
from paved_road.contracts.model import ModelContract
from paved_road.findings import Problem, problem
from paved_road.handoff import formats, manifest
from paved_road.serving import footprint
from paved_road.serving.answers import Answers
from paved_road.serving.feed import Feed
from paved_road.serving.problems import Refusal
from paved_road.serving.requests import Requests

INLINE_SECONDS = 0.002
"""How long the event loop may be held up: a thread costs a twentieth of it, and a caller does not notice it."""

TRIED_RECORDS = 64

TOLERANCE = 1e-4
"""Difference between two machines' predictions that arithmetic explains."""


class Predicted(NamedTuple):
    """What a model was given, and gave.

    Attributes:
        numbers: what it was given, shape (rows, numbers).
        strings: the same, shape (rows, strings).
        raw: what it gave, shape (rows, classes) or (rows,).
    """

    numbers: NDArray[np.float64]
    strings: NDArray[np.object_]
    raw: NDArray[np.float64]


class Answer(NamedTuple):
    """A response.

    Attributes:
        body: of it.
        predicted: what it says.
    """

    body: bytes
    predicted: Predicted


class Model:
    """Answers requests of one handoff. It may be called from several threads at once.

    Attributes:
        max_bytes: longest body of a request.
        inline_bytes: longest body that is answered within `INLINE_SECONDS`.
        inline_records: most records that are predicted within it, at least one.
    """

    def __init__(self, evidence: manifest.Manifest, predictor: formats.Predicts) -> None:
        contract = evidence.contract.promise
        self._requests = Requests(evidence.io.input, contract)
        self._feed = Feed(contract)
        self._predictor = predictor
        weakref.finalize(self, predictor.close)  # once the last request that it answers is
        self._answers = Answers(evidence.io.output, contract)
        self.max_bytes = self._requests.max_bytes
        self._prove(evidence.baseline.probe)
        quick, self.inline_records = self._try(contract)
        self.inline_bytes = 0 if predictor.waits else quick

    def answer(self, body: bytes) -> Answer:
        """Answer a request.

        Raises:
            Refusal: it is not JSON, too large, breaks the contract, or the model did.
        """
        return self.predict(*self.read(body))

    def read(self, body: bytes) -> tuple[list[msgspec.Struct], bool]:
        """The records of a body, and whether they came as an array.

        Raises:
            Refusal: it is not JSON, too large, or breaks the contract.
        """
        return self._requests.read(body)

    def predict(self, records: list[msgspec.Struct], many: bool) -> Answer:
        """Answer for records that were read, with an array if `many`.

        Raises:
            Refusal: the model failed, or breaks the contract.
        """
        predicted = self._predicted(records)
        return Answer(self._answers.write(predicted.raw, many), predicted)

    def each(self, records: list[msgspec.Struct]) -> Iterator[Answer]:
        """Answer for every record as if it came alone; the figures are those of one run for all.

        Raises:
            Refusal: the model failed, or breaks the contract, for any of them.
        """
        numbers, strings, raw = self._predicted(records)
        for at, body in enumerate(self._answers.each(raw)):
            yield Answer(body, Predicted(numbers[at : at + 1], strings[at : at + 1], raw[at : at + 1]))

    def _predicted(self, records: list[msgspec.Struct]) -> Predicted:
        numbers, strings = self._feed.arrays(records)
        try:
            return Predicted(numbers, strings, self._predictor.raw(numbers, strings))
        except Problem as error:
            raise Refusal(refusals.MODEL_FAILED, f"{error}; nothing was predicted") from error

    def _prove(self, probe: manifest.Probe) -> None:
        """Predict the golden record, and hold the prediction against the one handed over."""
        remedy = "run `road handoff verify`: it says what differs"
        try:
            records, _ = self._requests.read(msgspec.json.encode(probe.record))
            raw = self._predictor.raw(*self._feed.arrays(records))
        except (Refusal, Problem) as error:
            raise problem("SERVE005", f"the golden record gets no prediction: {error}", remedy) from error
        given = raw.reshape(-1).tolist()
        near = len(given) == len(probe.raw) and all(map(_near, given, probe.raw))
        if not near:
            fact = f"the golden record is predicted as {_short(given)}, and {_short(probe.raw)} was handed over"
            raise problem("SERVE005", fact, remedy)

    def _try(self, contract: ModelContract) -> tuple[int, int]:
        """Predict the contract's own example, alone and often: bytes and records that can be dealt with at once."""
        example, tried = examples.record(contract), min(TRIED_RECORDS, contract.service_level.max_records)
        one = msgspec.json.encode(example)
        many = msgspec.json.encode([example] * tried)
        try:
            first, last = _seconds(self.answer, one), _seconds(self.answer, many)
        except Refusal as error:
            faults = "; ".join(f"{fault.field}: {fault.message}" for fault in error.faults)
            fact = f"the contract's own example gets no prediction: {faults or error.detail}"
            remedy = "give the inputs in contracts/model.yml an `example` that does, and build the handoff again"
            raise problem("SERVE004", fact, remedy) from error
        more, room = max(last - first, 1e-9), max(INLINE_SECONDS - first, 0)
        return int(room / more * max(len(many) - len(one), 1)), 1 + int(room / more * max(tried - 1, 1))


def check(folder: Path, evidence: manifest.Manifest) -> None:
    """Hold the artifact's bytes against its manifest.

    Raises:
        Problem: missing, or other bytes than those handed over.
    """
    file = evidence.artifact.file
    shown = f"{folder.name}/{file.path}"
    try:
        digest = manifest.file_digest(folder / file.path)
    except OSError as error:
        fact = f"the artifact cannot be read: {error.strerror or error}"
        raise problem("SERVE002", fact, "restore it from git, or fetch it again", path=shown) from error
    if digest != file.sha256:
        fact = f"the artifact has digest {digest[:12]}…, and the manifest says {file.sha256[:12]}…"
        raise problem("SERVE002", fact, "restore it from git, or run `road handoff build`", path=shown)


def load(folder: Path, evidence: manifest.Manifest, key: Path | None = None) -> Model:
    """Load the model of a handoff folder.

    Args:
        folder: the handoff folder.
        evidence: its manifest.
        key: the public key that it must be signed with; a native format asks for one.

    Raises:
        Problem: the artifact is not what the manifest says, not signed as it must be, cannot be loaded, or does not
            predict its own example.
    """
    check(folder, evidence)
    artifact = evidence.artifact
    if key or artifact.format in formats.NATIVE:
        from paved_road.handoff.provenance import signature

        signature.require(folder, evidence, key)
    path = folder / artifact.file.path
    made = Model(evidence, formats.load(path, evidence.contract.promise, artifact.format, artifact.trusted))
    footprint.give_back()
    return made


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _short(figures: list[float]) -> str:
    return ", ".join(f"{figure:.6g}" for figure in figures[:5]) + (", …" if len(figures) > 5 else "")


def _seconds(answer: Callable[[bytes], Any], body: bytes) -> float:
    """The best of three."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        answer(body)
        times.append(time.perf_counter() - started)
    return min(times)
