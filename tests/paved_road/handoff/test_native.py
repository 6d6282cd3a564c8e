"""A native model runs in a process of its own, is built of what is trusted alone, and takes nobody down with it."""

import gc
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from paved_road.contracts import arrays
from paved_road.findings import Problem, as_text
from paved_road.handoff import formats, native, skops_file
from paved_road.handoff.native import NativePredictor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from . import native_examples as examples
from .handoff_examples import golden_table, promise
from .native_examples import TREE, of, rewritten, saved

Feed = tuple[NDArray[np.float64], NDArray[np.object_]]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("model"), examples.fitted())


@pytest.fixture(scope="module")
def predictor(file: Path) -> Iterator[NativePredictor]:
    loaded = NativePredictor(file, of(), [])
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def feed() -> Feed:
    return arrays.to_arrays(golden_table(of()), of())


@pytest.fixture
def content(file: Path) -> bytes:
    return file.read_bytes()


def refusal(file: Path, *trusted: str) -> str:
    with pytest.raises(Problem) as refused:
        formats.load(file, of(), "skops", trusted)
    return as_text(refused.value.findings)


# What it does --------------------------------------------------------------------------------------------------------


def test_it_predicts_to_the_bit_what_was_trained(predictor: NativePredictor, feed: Feed) -> None:
    trained = examples.fitted().predict_proba(examples.inputs(golden_table(of()), of()))

    np.testing.assert_array_equal(predictor.raw(*feed), trained)


def test_many_rows_are_predicted_in_parts(
    predictor: NativePredictor, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = predictor.raw(*feed)
    monkeypatch.setattr(native, "BATCH", 7)

    np.testing.assert_array_equal(predictor.raw(*feed), whole)


def test_threads_get_their_own_answers(predictor: NativePredictor, feed: Feed) -> None:
    whole, wrong = predictor.raw(*feed), []

    def ask(at: int) -> None:
        for row in range(at, 80, 8):
            given = predictor.raw(feed[0][row : row + 1], feed[1][row : row + 1])
            if not np.allclose(given, whole[row : row + 1], rtol=1e-9, atol=0):
                wrong.append(row)

    threads = [threading.Thread(target=ask, args=[at]) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_its_process_knows_nothing_of_ours(predictor: NativePredictor) -> None:
    process = Path(f"/proc/{predictor._child.pid}")

    environment = process.joinpath("environ").read_bytes().split(b"\0")

    assert {entry.partition(b"=")[0] for entry in environment if entry} <= {
        *(b"OMP_NUM_THREADS", b"OPENBLAS_NUM_THREADS", b"MKL_NUM_THREADS")
    }
    assert process.joinpath("cwd").readlink() == Path("/")
    limits = process.joinpath("limits").read_text()
    assert all(f"{name:<26}0" in limits for name in ("Max file size", "Max core file size", "Max processes"))


# What it does not survive, and its server does ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (signal.SIGKILL, "failed on 240 rows: its process was ended by signal 9"),
        (signal.SIGSEGV, "failed on 240 rows: its process was ended by signal 11"),
        (signal.SIGSTOP, "failed on 240 rows: its process did not answer in time"),
    ],
    ids=["killed", "crashed", "hanging"],
)
def test_a_process_that_dies_or_hangs_is_an_error_and_is_started_again(
    predictor: NativePredictor, feed: Feed, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, message: str
) -> None:
    before = predictor.raw(*feed)
    with monkeypatch.context() as impatient:
        impatient.setattr(native, "PREDICT_S", 0.5)
        os.kill(predictor._child.pid, number)
        with pytest.raises(Problem) as refused:
            predictor.raw(*feed)

    assert message in as_text(refused.value.findings)
    np.testing.assert_array_equal(predictor.raw(*feed), before)


def test_a_model_that_takes_too_much_memory_is_an_error_and_goes_on(tmp_path: Path, feed: Feed) -> None:
    inputs = examples.inputs(golden_table(of()), of())
    few = inputs.select_dtypes("number").fillna(0).head(4)
    spread = make_pipeline(PolynomialFeatures(40), LogisticRegression(max_iter=1)).fit(few * 1e-12, [0, 0, 1, 1])
    numbers = np.zeros((4000, few.shape[1]))
    contract = promise(inputs=[{"name": n, "type": "number", "meaning": "A number."} for n in few])
    predictor = NativePredictor(saved(tmp_path, spread), contract, [])

    with pytest.raises(Problem) as refused:
        predictor.raw(numbers, np.empty((4000, 0), dtype=object))

    assert "ARTIFACT004  the model failed on 4000 rows: " in as_text(refused.value.findings)
    assert "Unable to allocate" in as_text(refused.value.findings)
    assert predictor.raw(numbers[:1], np.empty((1, 0), dtype=object)).shape == (1, 2)
    predictor.close()


def test_a_process_ends_with_who_started_it(file: Path) -> None:
    predictor = NativePredictor(file, of(), [])
    child = predictor._child.pid

    del predictor
    gc.collect()

    assert _ends(child)


def test_a_process_ends_with_a_server_that_was_killed(file: Path) -> None:
    code = "import pathlib, sys, time; from paved_road.handoff.child import Child; child = Child()\n"
    code += "child.tell(b'{}', 9); print(child.pid, flush=True); time.sleep(99)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        child = int(server.stdout.readline())
        server.kill()

    assert _ends(child)


def _ends(pid: int) -> bool:
    """Whether a process ends; nobody may be there to take note of it."""
    for _ in range(600):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


# What is not loaded ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "name"), [("posix", "system"), ("builtins", "eval"), ("acme.model", "HouseRule")])
def test_a_type_that_nobody_trusts_is_refused_by_its_name(
    tmp_path: Path, content: bytes, module: str, name: str
) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(examples.holding(content, module, name))

    assert f"ARTIFACT005  holds {module}.{name}, which nobody trusts" in refusal(file, TREE)


def test_a_type_that_is_trusted_is_built_and_said_to_be(tmp_path: Path) -> None:
    file = saved(tmp_path, examples.fitted(examples.tree()))

    said = refusal(file)
    predictor = formats.load(file, of(), "skops", [TREE])

    assert f"ARTIFACT005  holds {TREE}, which nobody trusts" in said
    assert predictor.trusted == [TREE]
    predictor.close()


class Trap:
    """What a pickle runs when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("/tmp/sprung",)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_by_another_name_is_never_read(tmp_path: Path, protocol: int) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(pickle.dumps(Trap(), protocol))

    assert "ARTIFACT001  is " in refusal(file)
    assert not Path("/tmp/sprung").exists()


def add(name: str, content: bytes = b"") -> Callable[[dict[str, bytes]], object]:
    return lambda members: members.update({name: content})


@pytest.mark.parametrize(
    "name", ["../escape.npy", "/etc/escape.npy", "a/b.npy", "model.pkl", "1.npy\n", "schema.json/"]
)
def test_a_member_that_skops_does_not_write_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(rewritten(content, add(name)))

    assert f"ARTIFACT002  has a member {name!r}, which skops does not write" in refusal(file)


def test_an_archive_that_unfolds_is_refused_before_anything_is_read(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(rewritten(content, add("0.npy", bytes(2**28)), packed=True))

    assert file.stat().st_size < 2**20
    assert "which can unfold to more than a machine holds" in refusal(file)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    made = bytearray(rewritten(content, add("0.npy", bytes(2**16))))
    at = made.rindex(b"PK\x01\x02")  # the last entry of the directory at the end
    made[at + 20 : at + 28] = struct.pack("<LL", 2**30, 2**30)
    file = tmp_path / "model.skops"
    file.write_bytes(made)

    assert "ARTIFACT002  says that it holds more bytes than it has" in refusal(file)


def test_an_archive_without_a_description_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(rewritten(content, lambda members: members.pop("schema.json")))

    assert "ARTIFACT002  has no schema.json" in refusal(file)


def test_a_description_of_more_than_it_may_say_is_refused(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skops_file, "LARGEST_SCHEMA", 100)
    file = tmp_path / "model.skops"
    file.write_bytes(content)

    assert "ARTIFACT002  has a schema.json of more than 100 bytes" in refusal(file)


def test_a_file_of_ten_gigabytes_is_refused_before_it_is_read(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(content)
    with file.open("r+b") as stream:
        stream.truncate(10 * 2**30)

    assert "ARTIFACT002  has 10,737,418,240 bytes, and an artifact holds at most" in refusal(file)


def test_a_system_without_a_sandbox_runs_no_model(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "SANDBOX", False)

    assert "ARTIFACT006  a model of a native format runs in a sandbox, and this system has none" in refusal(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "model.skops  ARTIFACT001  cannot be read: No such file" in refusal(tmp_path / "model.skops")


@pytest.mark.parametrize(
    "description",
    [b"{", b"[" * 100_000, b'{"protocol": 2}', b'{"protocol": 99}'],
    ids=["cut", "deep", "empty", "newer"],
)
def test_a_description_that_is_none_is_refused(tmp_path: Path, content: bytes, description: bytes) -> None:
    file = tmp_path / "model.skops"
    file.write_bytes(rewritten(content, add("schema.json", description)))

    assert "ARTIFACT001  cannot be loaded by skops: " in refusal(file)


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        (LinearRegression(), ["is a Pipeline, which gives no probabilities", "did not learn the contract's 2 classes"]),
        (LogisticRegression(), ["has the inputs amount, not amount, items", "has 1 inputs, and the contract has 8"]),
    ],
    ids=["a regression", "one column"],
)
def test_a_model_of_other_inputs_or_classes_is_refused(tmp_path: Path, model: Any, facts: list[str]) -> None:
    amount = examples.inputs(golden_table(of()), of())[["amount"]]
    model = make_pipeline(StandardScaler(), model).fit(amount, amount["amount"] > 100)

    said = refusal(saved(tmp_path, model))

    assert all(f"ARTIFACT003  {fact}" in said for fact in facts)
