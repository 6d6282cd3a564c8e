"""A model of a native format at work: in a process of its own, with the interface of an ONNX file's."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding, Problem, problem
from paved_road.handoff import skops_file
from paved_road.handoff.child import Child
from paved_road.native.frames import Gone, pack
from paved_road.native.order import Loaded, Order

MOST_MEMORY = 4 * 2**30
"""Bytes that the model's process may take: as many as an ONNX file's."""
BATCH = 4096
"""Rows predicted at once: they have to be answered in time, and in memory."""
LOAD_S, PREDICT_S = 60.0, 10.0
SANDBOX = os.name == "posix"
_MOST_WORDS = 2**20
_REMEDIES = {
    "ARTIFACT001": "export it again with `road train`",
    "ARTIFACT005": "train it without them, or look at them and name them as trusted-types in [tool.paved-road]",
    "ARTIFACT006": "install paved-road with its extra `skops`",
}


class NativePredictor:
    """A loaded model. It may be called from several threads at once; they are answered one after another.

    Attributes:
        opsets: version of the file's format.
        trusted: types in it that were built because they are trusted here, beside those that skops trusts.
        waits: whether a call waits for another process.
    """

    waits = True

    def __init__(self, path: Path, contract: ModelContract, trusted: Sequence[str]) -> None:
        """Load a skops file in a process of its own and hold it against the contract.

        Args:
            path: the file.
            contract: which inputs and classes it must have.
            trusted: types that may be built, beside those that skops trusts by itself.

        Raises:
            Problem: missing, not skops, not to be trusted, or with other inputs or classes.
        """
        if not SANDBOX:
            fact = "a model of a native format runs in a sandbox, and this system has none"
            raise problem("ARTIFACT006", fact, "serve it on Linux", path=path.name)
        self._shown, self._content = path.name, skops_file.read(path)
        self._order = Order(
            memory=MOST_MEMORY,
            trusted=list(trusted),
            numbers=[field.name for field in contract.numbers],
            strings=[field.name for field in contract.strings],
            classes=len(contract.classes or []),
        )
        self._lock = threading.Lock()
        self._child, self._loaded = Child(), False
        try:
            loaded = self._load()
        except Gone as gone:
            self._child.end()
            raise self._gone("was not loaded", gone) from gone
        self.opsets, self.trusted = {"skops": loaded.protocol}, sorted(loaded.needs)

    def raw(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        """See `formats.Predicts`."""
        starts = range(0, max(len(numbers), 1), BATCH)
        return np.concatenate([self._run(numbers[at : at + BATCH], strings[at : at + BATCH]) for at in starts])

    def close(self) -> None:
        """End the process."""
        self._child.end()

    def _run(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        rows = len(numbers)
        shape = (rows, self._order.classes) if self._order.classes else (rows,)
        size = 8 * int(np.prod(shape))
        answer = self._ask(pack(numbers, strings), max(size + 1, _MOST_WORDS), rows)
        if answer[:1] == b"\0" and len(answer) == size + 1:
            return np.frombuffer(answer, dtype="<f8", offset=1).reshape(shape)
        fact = f"the model failed on {rows} rows: {answer[1:1000].decode(errors='replace')}"
        raise problem("ARTIFACT004", fact, "predict with it where it was trained", path=self._shown)

    def _ask(self, request: bytes, most: int, rows: int) -> bytes:
        with self._lock:
            try:
                if not self._loaded:
                    self._load()
                return self._child.ask(request, most=most, patience=PREDICT_S)
            except Gone as gone:
                # The next one imports its libraries while nobody waits; the model it gets with the next call.
                self._child.end()
                self._child, self._loaded = Child(), False
                raise self._gone(f"failed on {rows} rows", gone) from gone

    def _load(self) -> Loaded:
        self._child.tell(msgspec.json.encode(self._order), LOAD_S)
        answer = self._child.ask(self._content, most=_MOST_WORDS, patience=LOAD_S)
        try:
            loaded = msgspec.json.decode(answer, type=Loaded)
        except msgspec.MsgspecError as error:
            raise Gone(f"says what it must not say: {error}") from error
        facts = [loaded.refused] if loaded.refused else loaded.unfit
        if facts:
            self._child.end()
            code = loaded.code if loaded.code in _REMEDIES else "ARTIFACT003"
            remedy = _REMEDIES.get(code, _REMEDIES["ARTIFACT001"])
            raise Problem(*(Finding(code=code, fact=fact, remedy=remedy, path=self._shown) for fact in facts))
        self._loaded = True
        return loaded

    def _gone(self, what: str, gone: Gone) -> Problem:
        fact = f"the model {what}: its process {gone}"
        return problem("ARTIFACT004", fact, "it starts again by itself; look at what it was given", path=self._shown)
