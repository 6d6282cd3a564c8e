"""Tables to score, and a handoff that is verified once for all tests."""

from collections.abc import Callable
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from paved_road import workers
from paved_road.handoff import manifest
from paved_road.scoring import run
from paved_road.scoring.partition import Outcome
from paved_road.scoring.places import Place

from ..handoff.conftest import built as built
from ..handoff.handoff_examples import Repository, golden_table, promise
from ..stores.conftest import nobody_listens as nobody_listens
from ..stores.conftest import s3 as s3
from ..stores.conftest import s3_server as s3_server

Score = Callable[..., list[Outcome]]


def table(rows: int = 100, first: int = 0) -> pa.Table:
    """Rows that keep the contract, without the target."""
    golden = golden_table(promise(), rows)
    keys = pa.array([f"p{number}" for number in range(first, first + rows)])
    return golden.drop_columns(["payment", "is_fraud"]).append_column("payment", keys)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder of three partitions."""
    folder = tmp_path / "tables"
    for number, name in enumerate(("a", "b", "day=1/c")):
        file = folder / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table(first=100 * number), file)
    return folder


@pytest.fixture
def score(built: Repository, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Score tables in this process, with the handoff as it is."""
    monkeypatch.delenv(workers.ADDRESS, raising=False)

    def asked(source: object, target: object, count: int = 1, **more: object) -> list[Outcome]:
        evidence = manifest.load(built.handoff)
        wanted = run.Asked(Place(str(source)), Place(str(target)), **more)  # type: ignore[arg-type]
        with workers.hired(count) as hired:
            return list(run.run(run.prepared(evidence, built.handoff, wanted, hired), wanted.source.tables(), hired))

    return asked


def read(place: object, name: str) -> pa.Table:
    files, root = fsspec.core.url_to_fs(str(place), skip_instance_cache=True)
    with files.open(f"{root}/{name}", "rb") as stream:
        return pq.ParquetFile(stream).read()


def names(place: object) -> list[str]:
    """Every file there, those that are hidden too."""
    files, root = fsspec.core.url_to_fs(str(place), skip_instance_cache=True)
    return sorted(path.removeprefix(f"{root}/") for path in files.find(root))
