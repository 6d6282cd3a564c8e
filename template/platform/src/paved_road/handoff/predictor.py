"""The artifact at work: an ONNX file that was held to its contract."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from paved_road.contracts import records
from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding, Problem, problem
from paved_road.handoff import memory, onnx_file

MOST_MEMORY = 4 * 2**30
"""Bytes that a model may take while it is read, and models while they predict; a few bytes can ask for a terabyte."""
_COPIES = 4
"""A model's own bytes are parsed, laid out and packed again on the way."""
BATCH = 65_536
"""Rows predicted at once, so that memory does not grow with the golden dataset."""
_REMEDY = "export it again with `road train`"


class Predictor:
    """A loaded model. It may be called from several threads at once.

    Attributes:
        opsets: operator sets that it imports, by domain.
        trusted: none, for it holds no types.
        waits: never for another process.
    """

    waits = False

    def __init__(self, path: Path, contract: ModelContract, threads: int = 1) -> None:
        """Load an ONNX file and hold its inputs and outputs against the contract.

        Args:
            path: the file.
            contract: which inputs and classes it must have.
            threads: threads of one call; more than one only pays for large batches or large networks.

        Raises:
            Problem: missing, not ONNX, in need of other files, or with other inputs or outputs.
        """
        self._shown, self.trusted = path.name, list[str]()
        content = onnx_file.read(path)
        self.opsets = onnx_file.opsets(content)
        self._session = _session(content, threads, path.name)
        self._classes = len(contract.classes or [])
        self._output = records.OUTPUTS[contract.task]
        self._reads_numbers, self._reads_strings = bool(contract.numbers), bool(contract.strings)
        findings = [*_wrong_inputs(self._session, contract), *_wrong_output(self._session, self._output, self._classes)]
        if findings:
            raise Problem(*(Finding(code="ARTIFACT003", fact=f, remedy=_REMEDY, path=path.name) for f in findings))

    def raw(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        """See `formats.Predicts`."""
        rows = len(numbers) if self._reads_numbers else len(strings)
        if rows > BATCH:
            starts = range(0, rows, BATCH)
            return np.concatenate([self._run(numbers[at : at + BATCH], strings[at : at + BATCH]) for at in starts])
        return self._run(numbers, strings)

    def close(self) -> None:
        """Nothing is held that would not be let go of anyway."""

    def _run(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
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


@cache
def _limit_memory() -> None:
    """Once a process: an allocator that all sessions share."""
    info = ort.OrtMemoryInfo("Cpu", ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, ort.OrtMemType.DEFAULT)
    ort.create_and_register_allocator(info, ort.OrtArenaCfg({"max_mem": MOST_MEMORY, "arena_extend_strategy": 1}))


def _session(content: bytes, threads: int, shown: str) -> ort.InferenceSession:
    _limit_memory()
    options = ort.SessionOptions()
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.load_model_format", "ONNX")
    # Idle threads that spin would eat the CPU that a container is measured and limited by.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        with memory.limited(MOST_MEMORY + _COPIES * len(content)):
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
