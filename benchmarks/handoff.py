"""What verifying costs beside the work that nobody can save: `make bench`. Ratios of one run; never a test.

Usage: python benchmarks/handoff.py HANDOFF, the handoff folder of a generated project.
"""

import argparse
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

ROUNDS = 3
ROWS = 1_000_000
ARTIFACT = 2**30


def best(work: Callable[[], object]) -> float:
    """Least of some timings, seconds."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def hashing(folder: Path) -> None:
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
    print(f"hash 1 GiB              {ours:6.2f} s, {theirs / ours:.2f} x sha256sum's rate; {grown:.0f} MiB more memory")
    artifact.unlink()


def evaluating(folder: Path, handoff: Path) -> None:
    """A million golden rows: read, predicted, measured with intervals and slices; against the predicting alone."""
    manifest = load(handoff)
    contract, model = manifest.contract.promise, handoff / manifest.artifact.file.path
    table = pq.read_table(handoff / manifest.baseline.golden.path)
    many = folder / "golden.parquet"
    pq.write_table(pa.concat_tables([table] * (ROWS // table.num_rows)), many)
    golden = Golden(many, contract)
    bare = best(lambda: _bare(model, golden))
    ours = best(lambda: _evaluate(model, many, contract))
    print(f"evaluate {golden.rows:,} rows {ours:6.2f} s, {ours / bare:.2f} x a bare onnxruntime loop")


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


def importing() -> None:
    """Import of everything that serves, in a fresh interpreter, less the interpreter's own start."""
    alone = best(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    whole = best(lambda: subprocess.run([sys.executable, "-c", "import paved_road.serving.server"], check=True))
    print(f"import the server       {whole - alone:6.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("handoff", type=Path)
    handoff = parser.parse_args().handoff
    with tempfile.TemporaryDirectory() as name:
        importing()
        hashing(Path(name))
        evaluating(Path(name), handoff)


if __name__ == "__main__":
    main()
