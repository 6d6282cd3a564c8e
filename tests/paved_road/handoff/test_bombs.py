"""Files that ask for more than a machine has: refused with a message, by whoever reads them, in bounded memory."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper
from paved_road.findings import Problem
from paved_road.handoff import artifact_file
from paved_road.handoff.predictor import Predictor
from paved_road.serving import model

from ..serving.serving_examples import graph, hand_over
from .handoff_examples import Repository, promise, sealed
from .test_tamper import manifest, refusal, replaced

READ = """
import pathlib, sys
from paved_road.contracts.model import load
from paved_road.findings import Problem
from paved_road.handoff import predictor
predictor.MOST_MEMORY = 2**29
try:
    predictor.Predictor(pathlib.Path(sys.argv[1]), load(pathlib.Path(sys.argv[2])))
except Problem as problem:
    print(problem.findings[0].code, problem)
"""


def with_weights_of(elements: int) -> bytes:
    """A model that says that it has so many weights, and has none of them."""
    bomb = graph(promise())
    bomb.graph.initializer.append(TensorProto(name="bomb", data_type=TensorProto.FLOAT, dims=[elements]))
    bomb.graph.node[-1].output[0] = "calm"
    bomb.graph.node.append(helper.make_node("ReduceMax", ["bomb"], ["greatest"], keepdims=0))
    bomb.graph.node.append(helper.make_node("Add", ["calm", "greatest"], ["probabilities"]))
    return bomb.SerializeToString()


def that_is_deep(levels: int) -> bytes:
    """A model with a graph in a graph in a graph, written by hand: no library would."""
    nested = b""
    for _ in range(levels):
        branch = _field(1, b"then_branch") + _field(6, nested) + b"\xa0\x01\x05"
        nested = _field(1, _field(2, b"y") + _field(4, b"If") + _field(5, branch))
    return graph(promise()).SerializeToString() + _field(7, nested)


def _field(number: int, content: bytes) -> bytes:
    length, size = len(content), b""
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + content


def with_sparse_weights(many: int, elements: int) -> onnx.ModelProto:
    """A model of a few hundred bytes, each of whose weights is a single figure among zeros that a reader writes out."""
    bomb = graph(promise())
    for number in range(many):
        figure = helper.make_tensor(f"bomb{number}", TensorProto.FLOAT, [1], [0.0])
        where = helper.make_tensor(f"at{number}", TensorProto.INT64, [1], [0])
        bomb.graph.sparse_initializer.append(helper.make_sparse_tensor(figure, where, [elements]))
    return bomb


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: with_weights_of(2**40), "Initializer 'bomb' declares a size of 4398046511104 bytes"),
        (lambda: with_weights_of(2**62), "cannot be loaded as ONNX"),
        (lambda: that_is_deep(3000), "protobuf parsing failed"),
        (lambda: gzip.compress(bytes(2**26)), "protobuf parsing failed"),
    ],
    ids=["a terabyte of weights", "more than can be counted", "a deep graph", "compressed"],
)
def test_a_file_that_says_that_it_holds_more_is_refused(
    tmp_path: Path, content: Callable[[], bytes], said: str
) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(content())

    with pytest.raises(Problem, match=said) as refused:
        Predictor(file, promise())

    assert refused.value.findings[0].code == "ARTIFACT001"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process may take")
def test_weights_that_unfold_while_they_are_read_are_refused_before_they_do(
    repository: Repository, tmp_path: Path
) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(with_sparse_weights(40, 2**26).SerializeToString())

    command = [sys.executable, "-c", READ, str(file), str(repository.project.contracts / "model.yml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)

    assert file.stat().st_size < 5_000
    assert said.startswith("ARTIFACT001 cannot be loaded as ONNX")
    assert "bad_alloc" in said
    assert used.ru_maxrss < 2**20  # a GiB of KiB; all of them would be ten


def test_verifying_refuses_a_bomb_whose_digest_was_mended(repository: Repository) -> None:
    data = replaced(repository, ("artifact", "file"), with_weights_of(2**40))

    assert "ARTIFACT001 cannot be loaded as ONNX" in refusal(repository.handoff, data, repository)


def test_a_server_ends_with_a_message_where_a_bomb_was_handed_over(tmp_path: Path) -> None:
    bomb = onnx.ModelProto.FromString(with_weights_of(2**40))
    hand_over(tmp_path, promise(), bomb)

    command = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(tmp_path), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 1
    assert "ARTIFACT001  cannot be loaded as ONNX" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_model_of_more_bytes_than_are_read_is_neither_verified_nor_served(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    evidence = hand_over(tmp_path, promise())
    monkeypatch.setattr(artifact_file, "LARGEST", 100)

    verified = refusal(repository.handoff, sealed(manifest(repository)), repository)
    with pytest.raises(Problem, match="an artifact holds at most 100") as served:
        model.load(tmp_path, evidence)

    assert "ARTIFACT002 has " in verified and "an artifact holds at most 100" in verified
    assert served.value.findings[0].code == "ARTIFACT002"
