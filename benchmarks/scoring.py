"""What batch scoring costs beside the predicting alone, and what a second worker brings; never a test.

    python benchmarks/scoring.py --handoff fraud-scoring/handoff

The tables are the handoff's own golden rows, repeated. Every figure is the best of some rounds, without starting up.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from paved_road.contracts.arrays import to_arrays
from paved_road.contracts.decision import decide
from paved_road.handoff import manifest
from paved_road.handoff.formats import load as loaded
from paved_road.scoring.places import Place
from paved_road.scoring.run import Asked, prepared, run
from paved_road.workers import ADDRESS, Workers, hired

PARTITIONS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handoff", type=Path, required=True, help="folder with a manifest and its artifact")
    parser.add_argument("--rows", type=int, default=200_000, help="rows of a partition")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.environ.pop(ADDRESS, None)
    evidence = manifest.load(arguments.handoff)
    with tempfile.TemporaryDirectory() as name, hired(1) as one, hired(2) as two:
        lake, warm = Path(name) / "lake", Path(name) / "warm"
        rows = tables(arguments.handoff, evidence, lake, arguments.rows)
        score(arguments.handoff, evidence, lake, warm, two)
        taken: dict[str, list[tuple[float, float]]] = {"predicting alone": [], "1 worker": [], "2 workers": []}
        for number in range(arguments.rounds):  # in turns, so that a busy machine slows all of them
            taken["predicting alone"].append(seconds(lambda: bare(arguments.handoff, evidence, lake)))
            for words, crew in (("1 worker", one), ("2 workers", two)):
                target = Path(name) / f"{words}-{number}"
                taken[words].append(seconds(partial(score, arguments.handoff, evidence, lake, target, crew)))
    found = {
        words: {"rows a second": round(rows / min(wall for wall, _ in each)),
                "rows a CPU second": round(rows / min(cpu for _, cpu in each))}
        for words, each in taken.items()
    }  # fmt: skip
    print(json.dumps({"rows": rows} | found, indent=2))


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Wall-clock time and CPU time, of the workers too: the second says what a core gives, also on a busy machine."""
    started, before = time.perf_counter(), cpu()
    work()
    return time.perf_counter() - started, cpu() - before


def cpu() -> float:
    here = psutil.Process()
    return sum(sum(each.cpu_times()[:2]) for each in (here, *here.children(recursive=True)))


def tables(handoff: Path, evidence: manifest.Manifest, lake: Path, rows: int) -> int:
    """Write the partitions; gives the number of their rows."""
    golden = pq.ParquetFile(handoff / evidence.baseline.golden.path).read()
    part = pa.concat_tables([golden] * max(rows // golden.num_rows, 1))
    lake.mkdir()
    for number in range(PARTITIONS):
        pq.write_table(part, lake / f"part-{number}.parquet", row_group_size=100_000)
    return PARTITIONS * int(part.num_rows)


def bare(handoff: Path, evidence: manifest.Manifest, lake: Path) -> None:
    """The least that could give the same figures: no check of a row, no digest, nothing written."""
    artifact, promise = evidence.artifact, evidence.contract.promise
    model = loaded(handoff / artifact.file.path, promise, artifact.format, artifact.trusted)
    for file in lake.iterdir():
        for batch in pq.ParquetFile(file).iter_batches(batch_size=65_536, use_threads=False):
            decide(model.raw(*to_arrays(pa.Table.from_batches([batch]), promise)), promise)


def score(handoff: Path, evidence: manifest.Manifest, lake: Path, target: Path, crew: Workers) -> None:
    asked = Asked(Place(str(lake)), Place(str(target)))
    outcomes = list(run(prepared(evidence, handoff, asked, crew), asked.source.tables(), crew))
    assert all(outcome.state == "scored" for outcome in outcomes), outcomes


if __name__ == "__main__":
    main()
