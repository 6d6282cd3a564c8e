"""What batch scoring costs beside the predicting alone, and what a second worker brings; never a test.

    python benchmarks/scoring.py --handoff fraud-scoring/handoff

The tables are the handoff's own golden rows, repeated. Every figure is the best of some rounds, without starting up.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from paved_road import workers
from paved_road.contracts import arrays
from paved_road.contracts.decision import decide
from paved_road.handoff import formats, manifest
from paved_road.scoring import run
from paved_road.scoring.places import Place

PARTITIONS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--handoff", type=Path, required=True, help="folder with a manifest and its artifact")
    parser.add_argument("--rows", type=int, default=200_000, help="rows of a partition")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    os.environ.pop(workers.ADDRESS, None)
    evidence = manifest.load(arguments.handoff)
    with tempfile.TemporaryDirectory() as name:
        lake = Path(name) / "lake"
        rows = tables(arguments.handoff, evidence, lake, arguments.rows)
        found = {"rows": rows, "bytes": sum(file.stat().st_size for file in lake.iterdir())}
        found |= {"predicting alone": round(rows / best(lambda: bare(arguments.handoff, evidence, lake), 1))}
        for count in (1, 2):
            with workers.hired(count) as hired:
                score(arguments.handoff, evidence, lake, Path(name) / "warm", hired)
                again = iter(range(100))
                places = (Path(name) / f"{count}-{round_}" for round_ in again)
                taken = best(
                    lambda hired=hired, places=places: score(  # type: ignore[misc]
                        arguments.handoff, evidence, lake, next(places), hired
                    ),
                    arguments.rounds,
                )
            found[f"{count} workers"] = round(rows / taken)
    found["peak memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found, indent=2))


def best(work: Callable[[], object], rounds: int) -> float:
    """Least of some timings, seconds."""
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


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
    model = formats.load(handoff / artifact.file.path, promise, artifact.format, artifact.trusted)
    for file in lake.iterdir():
        for batch in pq.ParquetFile(file).iter_batches(batch_size=65_536, use_threads=False):
            decide(model.raw(*arrays.to_arrays(pa.Table.from_batches([batch]), promise)), promise)


def score(handoff: Path, evidence: manifest.Manifest, lake: Path, target: Path, hired: workers.Workers) -> None:
    asked = run.Asked(Place(str(lake)), Place(str(target)))
    outcomes = list(run.run(run.prepared(evidence, handoff, asked, hired), asked.source.tables(), hired))
    assert all(outcome.state == "scored" for outcome in outcomes) or target.name == "warm", outcomes[0].findings


if __name__ == "__main__":
    main()
