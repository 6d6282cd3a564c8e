"""What verifying costs beside the work that nobody can save, and beside a signature alone. Never a test."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pyarrow as pa
import pyarrow.parquet as pq
from paved_road.contracts.model import ModelContract
from paved_road.handoff import baseline
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import file_digest, load
from paved_road.handoff.predictor import BATCH, Predictor

ROWS = 1_000_000
ARTIFACT = 2**30
Row = list[str]


def rows(project: Path, rounds: int) -> list[Row]:
    """Rows of the section: what was done, how long it took, and beside what.

    Args:
        project: a generated one that handed over.
        rounds: of which the least counts.
    """

    def best(work: Callable[[], object]) -> float:
        taken = []
        for _ in range(rounds):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
        return min(taken)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            verifying(folder, project, best),
            evaluating(folder, project / "handoff", best),
            hashing(folder, best),
            importing(best),
        ]


Best = Callable[[Callable[[], object]], float]


def verifying(folder: Path, project: Path, best: Best) -> Row:
    """All of it, against a program that only checks a signature of the same files."""
    key, public, signature = (str(folder / name) for name in ("key.pem", "key.pub", "model.sig"))
    signing = [str(Path(sys.executable).with_name("model_signing"))]
    handed = str(project / "handoff")
    for command in (
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key],
        ["openssl", "pkey", "-in", key, "-pubout", "-out", public],
        [*signing, "sign", "key", handed, "--private_key", key, "--signature", signature],
    ):
        subprocess.run(command, check=True, capture_output=True)
    check = [*signing, "verify", "key", handed, "--signature", signature, "--public_key", public]
    theirs = best(lambda: subprocess.run(check, check=True, capture_output=True))
    road = [str(project / ".venv/bin/road"), "handoff", "verify"]
    ours = best(lambda: subprocess.run(road, cwd=project, check=True, capture_output=True))
    return [
        "`road handoff verify`",
        f"{ours:.2f} s",
        f"{ours / theirs:.2f} times `model_signing verify`, which only hashes",
    ]


def hashing(folder: Path, best: Best) -> Row:
    """Digest of a gigabyte, against sha256sum."""
    artifact = folder / "artifact"
    with artifact.open("wb") as stream:
        block = np.random.default_rng(0).bytes(2**24)
        for _ in range(ARTIFACT // len(block)):
            stream.write(block)
    theirs = best(lambda: subprocess.run(["sha256sum", artifact], check=True, capture_output=True))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = best(lambda: file_digest(artifact))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    artifact.unlink()
    return ["hash 1 GiB", f"{ours:.2f} s", f"{theirs / ours:.2f} times `sha256sum`'s rate; {grown:.0f} MiB more memory"]


def evaluating(folder: Path, handoff: Path, best: Best) -> Row:
    """A million golden rows: read, predicted, measured with intervals and slices; against the predicting alone."""
    manifest = load(handoff)
    contract, model = manifest.contract.promise, handoff / manifest.artifact.file.path
    table = pq.read_table(handoff / manifest.baseline.golden.path)
    many = folder / "golden.parquet"
    pq.write_table(pa.concat_tables([table] * (ROWS // table.num_rows)), many)
    golden = Golden(many, contract)
    bare = best(lambda: _bare(model, golden))
    ours = best(lambda: _evaluate(model, many, contract))
    beside = f"{ours / bare:.2f} times a bare onnxruntime loop, with intervals and slices"
    return [f"measure {golden.rows:,} golden rows again", f"{ours:.2f} s", beside]


def _bare(model: Path, golden: Golden) -> None:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    for at in range(0, golden.rows, BATCH):
        feed = {"numbers": golden.numbers[at : at + BATCH], "strings": golden.strings[at : at + BATCH]}
        session.run(None, feed)


def _evaluate(model: Path, many: Path, contract: ModelContract) -> None:
    golden = Golden(many, contract)
    raw = Predictor(model, contract).raw(golden.numbers, golden.strings)
    baseline.measure(golden, raw, contract, {})


def importing(best: Best) -> Row:
    """Import of everything that serves, in a fresh interpreter, less the interpreter's own start."""
    alone = best(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    whole = best(lambda: subprocess.run([sys.executable, "-c", "import paved_road.serving.server"], check=True))
    return ["import the server", f"{whole - alone:.2f} s", "over an interpreter that imports nothing"]
