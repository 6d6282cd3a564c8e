"""The artifact at work: an ONNX file that was held to its contract, and what its figures decide."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from paved_road.contracts import records
from paved_road.contracts.model import ModelContract, Output
from paved_road.findings import Finding, Problem, problem

ROUNDING = 1e-6
"""How far a float32 sum of probabilities may miss 0 or 1 without meaning anything."""

# How protobuf spells the key under which a tensor names the file that holds its data; without it there is no such file.
_EXTERNAL_DATA = re.compile(rb"(?:\x0a|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location", re.DOTALL)
_REMEDY = "export it again with `road train`"


class Predictor:
    """A loaded model. It may be called from several threads at once."""

    def __init__(self, path: Path, contract: ModelContract, threads: int = 1) -> None:
        """Load an ONNX file and hold its inputs and outputs against the contract.

        Args:
            path: the file.
            contract: which inputs and classes it must have.
            threads: threads of one call; more than one only pays for large batches or large networks.

        Raises:
            Problem: missing, not ONNX, in need of other files, or with other inputs or outputs.
        """
        self._shown = path.name
        self._session = _session(_read(path), threads, path.name)
        self._classes = len(contract.classes or [])
        self._output = records.OUTPUTS[contract.task]
        self._reads_numbers, self._reads_strings = bool(contract.numbers), bool(contract.strings)
        findings = [*_wrong_inputs(self._session, contract), *_wrong_output(self._session, self._output, self._classes)]
        if findings:
            raise Problem(*(Finding(code="ARTIFACT003", fact=f, remedy=_REMEDY, path=path.name) for f in findings))

    def raw(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        """What the model gives, before anything is decided.

        Args:
            numbers: shape (rows, numbers of the contract), missing as NaN.
            strings: shape (rows, strings of the contract), missing as the empty string.

        Returns:
            Classification: probabilities, shape (rows, classes). Regression: values, shape (rows,).

        Raises:
            Problem: if the model fails, or gives another shape.
        """
        feed: dict[str, NDArray[Any]] = {}
        if self._reads_numbers:
            feed["numbers"] = numbers
        if self._reads_strings:
            feed["strings"] = strings
        rows = len(numbers) if self._reads_numbers else len(strings)
        try:
            given: NDArray[Any] = self._session.run([self._output], feed)[0]
        except Exception as error:
            fact = f"the model failed on {rows} rows: {_first_line(error)}"
            raise problem("ARTIFACT004", fact, "predict with it where it was trained", path=self._shown) from error
        if given.shape != (rows, self._classes or 1) and (self._classes or given.shape != (rows,)):
            fact = f"{self._output} has shape {given.shape} for {rows} rows"
            raise problem("ARTIFACT004", fact, _REMEDY, path=self._shown)
        figures = given.astype(np.float64)
        return figures if self._classes else figures.reshape(rows)


def decide(raw: NDArray[np.float64], contract: ModelContract) -> dict[str, NDArray[Any]]:
    """The contract's outputs from a model's figures.

    Args:
        raw: from `Predictor.raw`.
        contract: which outputs there are, and the threshold.

    Returns:
        For each output its column, shape (rows,): float64 for a probability or a value, the classes' type for a label.
    """
    decided = Decision(contract)(raw)
    kinds = {"label": np.asarray(contract.classes or []).dtype}
    return {output.name: np.array(decided[output.name], kinds.get(output.gives)) for output in contract.outputs}


class Decision:
    """How one contract decides; in plain lists, because a single record then takes a tenth of NumPy's time.

    Attributes:
        hides: whether a label hangs on figures that no output shows, so that nobody sees when one is not a number.
    """

    def __init__(self, contract: ModelContract) -> None:
        self._classes = contract.classes or []
        self._threshold = contract.threshold
        self._columns = [(output.name, self._column(output)) for output in contract.outputs]
        last = len(self._classes) - 1
        shown = {self._position(output) for output in contract.outputs if output.gives == "probability"}
        decisive = {last} if self._threshold is not None else set(range(len(self._classes)))
        self.hides = any(output.gives == "label" for output in contract.outputs) and not decisive <= shown

    def __call__(self, raw: NDArray[np.float64]) -> dict[str, list[Any]]:
        """As `decide`, with lists of plain Python values."""
        rows = raw.tolist()
        return {name: column(rows) for name, column in self._columns}

    def _column(self, output: Output) -> Callable[[list[Any]], list[Any]]:
        if output.gives == "value":
            return lambda rows: rows
        if output.gives == "probability":
            position = self._position(output)
            return lambda rows: _rounded([shares[position] for shares in rows])
        if self._threshold is not None:
            threshold, (negative, positive) = self._threshold, self._classes
            return lambda rows: [positive if shares[-1] >= threshold else negative for shares in rows]
        return lambda rows: [self._classes[shares.index(max(shares))] for shares in rows]

    def _position(self, output: Output) -> int:
        return len(self._classes) - 1 if output.of is None else self._classes.index(output.of)


def _rounded(shares: list[float]) -> list[float]:
    """Rounding errors beyond 0 and 1 taken away; what is further off stays visible."""
    return [
        share if 0 <= share <= 1 else min(max(share, 0.0), 1.0) if -ROUNDING <= share <= 1 + ROUNDING else share
        for share in shares
    ]


def _read(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        fact = f"cannot be read: {error.strerror or error}"
        raise problem("ARTIFACT001", fact, "restore it from git, or fetch it again", path=path.name) from error
    if _EXTERNAL_DATA.search(content):
        fact = "keeps weights in another file, which no digest covers"
        raise problem("ARTIFACT002", fact, "export it as one file", path=path.name)
    return content


def _session(content: bytes, threads: int, shown: str) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Idle threads that spin would eat the CPU that a container is measured and limited by.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        fact = f"cannot be loaded as ONNX: {_first_line(error)}"
        raise problem("ARTIFACT001", fact, _REMEDY, path=shown) from error


def _wrong_inputs(session: ort.InferenceSession, contract: ModelContract) -> list[str]:
    fields = {"numbers": ("tensor(double)", contract.numbers), "strings": ("tensor(string)", contract.strings)}
    wanted = {name: (kind, len(columns)) for name, (kind, columns) in fields.items() if columns}
    given = {node.name: node for node in session.get_inputs()}
    facts = [f"has an input {name}, which is none of {', '.join(wanted)}" for name in given.keys() - wanted.keys()]
    for name, (kind, width) in wanted.items():
        if name not in given:
            facts.append(f"has no input {name}, and the contract has {width} such fields")
            continue
        node = given[name]
        if node.type != kind:
            facts.append(f"input {name} is a {node.type}, not a {kind}")
        if len(node.shape) != 2 or node.shape[1] != width or isinstance(node.shape[0], int):
            facts.append(f"input {name} has shape {_shape(node)}, not (any, {width})")
    return facts


def _wrong_output(session: ort.InferenceSession, name: str, classes: int) -> list[str]:
    given = {node.name: node for node in session.get_outputs()}
    if name not in given:
        return [f"has no output {name}, only {', '.join(given)}"]
    node, facts = given[name], []
    if node.type not in ("tensor(float)", "tensor(double)"):
        facts.append(f"output {name} is a {node.type}, not a tensor(float) or tensor(double)")
    width = node.shape[1] if len(node.shape) == 2 else None
    if isinstance(width, int) and width != max(classes, 1):
        facts.append(f"output {name} has shape {_shape(node)}, not (any, {max(classes, 1)})")
    return facts


def _shape(node: Any) -> str:
    return f"({', '.join(str(size) if isinstance(size, int) else 'any' for size in node.shape)})"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
