"""Tables become predictions, each once and whole, in a folder and on a real S3 server."""

import os
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from paved_road.contracts import arrays
from paved_road.contracts.decision import decide
from paved_road.findings import Problem, as_text
from paved_road.handoff.predictor import Predictor
from paved_road.scoring import local, partition, places
from paved_road.scoring.partition import Outcome

from ..handoff.handoff_examples import Repository, promise
from .conftest import Score, names, read, table

CLAIM = "_score.json"


def states(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.partition: outcome.state for outcome in outcomes}


def said(outcomes: list[Outcome]) -> str:
    return as_text([finding for outcome in outcomes for finding in outcome.findings])


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where predictions go."""
    return str(request.getfixturevalue("s3")) if request.param == "s3" else str(tmp_path / "scores")


def test_every_row_gets_what_the_model_gives(score: Score, tables: Path, place: str, built: Repository) -> None:
    outcomes = score(tables, place)

    assert states(outcomes) == dict.fromkeys(("a.parquet", "b.parquet", "day=1/c.parquet"), "scored")
    (model,) = built.handoff.glob("model-*")
    raw = Predictor(model, promise()).raw(*arrays.to_arrays(read(tables, "b.parquet"), promise()))
    expected = decide(raw, promise())
    scored = read(place, "b.parquet")
    assert scored.column_names == ["payment", "fraud_probability", "fraud"]
    assert scored["payment"].to_pylist() == [f"p{number}" for number in range(100, 200)]
    assert scored["fraud_probability"].to_pylist() == expected["fraud_probability"].tolist()
    assert scored["fraud"].to_pylist() == expected["fraud"].tolist()


def test_tables_are_read_from_an_object_store_too(score: Score, tables: Path, s3: str, tmp_path: Path) -> None:
    fsspec.filesystem("s3", skip_instance_cache=True).put(str(tables), f"{s3}/tables", recursive=True)

    outcomes = score(f"{s3}/tables", tmp_path / "scores")

    assert set(states(outcomes).values()) == {"scored"}
    assert names(tmp_path / "scores") == [CLAIM, "a.parquet", "b.parquet", "day=1/c.parquet"]


def test_a_single_file_is_one_partition(score: Score, tables: Path, tmp_path: Path) -> None:
    outcomes = score(tables / "a.parquet", tmp_path / "scores")

    assert states(outcomes) == {"a.parquet": "scored"}
    assert read(tmp_path / "scores", "a.parquet").num_rows == 100


def test_what_is_done_is_left_as_it_is(score: Score, tables: Path, place: str) -> None:
    score(tables, place)
    pq.write_table(table(first=500), tables / "b.parquet")

    outcomes = score(tables, place)

    assert states(outcomes) == {"a.parquet": "done", "b.parquet": "scored", "day=1/c.parquet": "done"}
    assert read(place, "b.parquet")["payment"][0].as_py() == "p500"
    assert [outcome.rows for outcome in outcomes] == [100, 100, 100]


def test_half_an_output_is_no_output(score: Score, tables: Path, tmp_path: Path) -> None:
    scores = tmp_path / "scores"
    score(tables, scores)
    whole = (scores / "a.parquet").read_bytes()
    (scores / "a.parquet").write_bytes(whole[: len(whole) // 2])

    outcomes = score(tables, scores)

    assert states(outcomes)["a.parquet"] == "scored"
    assert (scores / "a.parquet").read_bytes() == whole


def test_what_a_killed_run_was_writing_is_swept_up_once_nobody_writes_to_it(
    score: Score, tables: Path, tmp_path: Path
) -> None:
    scores = tmp_path / "scores"
    scores.mkdir()
    killed, at_work = scores / ".a.parquet.x.part", scores / ".a.parquet.y.part"
    killed.touch()
    at_work.touch()
    os.utime(killed, (0, 0))

    score(tables, scores)

    assert not killed.exists()
    assert at_work.exists()


def test_a_failure_in_the_middle_leaves_nothing_under_its_name(
    score: Score, tables: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(partition, "predict", damaged)

    outcomes = score(tables, place)

    assert set(states(outcomes).values()) == {"refused"}
    assert "is full" in said(outcomes)
    assert names(place) == [CLAIM]


# Bad rows -----------------------------------------------------------------------------------------
def spoil(tables: Path) -> None:
    """Row 3 of b has too large an amount, row 8 an unknown country and no count."""
    rows = table(first=100).to_pylist()
    rows[2]["amount"] = 60_000.0
    rows[7] |= {"from": "XX", "items": None}
    pq.write_table(pa.Table.from_pylist(rows, table().schema), tables / "b.parquet")


def test_a_bad_row_refuses_its_partition_and_no_other(score: Score, tables: Path, place: str) -> None:
    spoil(tables)

    outcomes = score(tables, place)

    assert states(outcomes) == {"a.parquet": "scored", "b.parquet": "refused", "day=1/c.parquet": "scored"}
    assert "b.parquet:3  SCORE005  amount is above 50000" in said(outcomes)
    assert "b.parquet:8  SCORE005  items is missing" in said(outcomes)
    assert "b.parquet:8  SCORE005  from is none of AT, DE, FR" in said(outcomes)
    assert f"2 of 100 rows break the contract; they are in {place}/_aside/b.parquet" in said(outcomes)
    assert "b.parquet" not in names(place)


def test_bad_rows_are_put_aside_and_the_others_scored(score: Score, tables: Path, place: str) -> None:
    spoil(tables)

    outcomes = score(tables, place, refuse=False)

    assert states(outcomes)["b.parquet"] == "scored"
    assert all(finding.level == "warning" for outcome in outcomes for finding in outcome.findings)
    kept = read(place, "b.parquet")["payment"].to_pylist()
    assert len(kept) == 98
    assert not {"p102", "p107"} & set(kept)
    aside = read(place, "_aside/b.parquet")
    assert aside["road_row"].to_pylist() == [3, 8]
    assert aside["payment"].to_pylist() == ["p102", "p107"]
    assert aside["road_faults"][1].as_py() == [
        {"field": "items", "rule": "is missing"},
        {"field": "from", "rule": "is none of AT, DE, FR"},
    ]


def test_mended_rows_are_aside_no_longer(score: Score, tables: Path, place: str) -> None:
    spoil(tables)
    score(tables, place)
    pq.write_table(table(first=100), tables / "b.parquet")

    outcomes = score(tables, place)

    assert states(outcomes)["b.parquet"] == "scored"
    assert "_aside/b.parquet" not in names(place)


def test_who_refuses_bad_rows_does_not_take_what_somebody_scored_without_them(
    score: Score, tables: Path, tmp_path: Path
) -> None:
    spoil(tables)
    score(tables, tmp_path / "scores", refuse=False)

    outcomes = score(tables, tmp_path / "scores")

    assert states(outcomes)["b.parquet"] == "refused"


# What cannot be scored ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not Parquet", "b.parquet  SCORE004  is not Parquet, or not whole"),
        (table().drop_columns("amount"), "b.parquet  RECORDS001  the data has no column amount"),
        (table().drop_columns("payment"), "b.parquet  SCORE004  has no column payment to keep"),
        (
            table().drop_columns("items").append_column("items", pa.array(["1"] * 100)),
            "b.parquet  RECORDS001  items is of type string, and contracts/model.yml says integer",
        ),
    ],
    ids=["no Parquet", "no input", "no key", "another type"],
)
def test_a_table_that_does_not_fit_is_refused_and_the_others_are_scored(
    score: Score, tables: Path, tmp_path: Path, content: bytes | pa.Table, message: str
) -> None:
    if isinstance(content, bytes):
        (tables / "b.parquet").write_bytes(content)
    else:
        pq.write_table(content, tables / "b.parquet")

    outcomes = score(tables, tmp_path / "scores")

    assert states(outcomes) == {"a.parquet": "scored", "b.parquet": "refused", "day=1/c.parquet": "scored"}
    assert message in said(outcomes)


def test_a_damaged_page_is_no_crash(score: Score, tables: Path, tmp_path: Path) -> None:
    whole = bytearray((tables / "b.parquet").read_bytes())
    whole[4:1500] = b"\xff" * 1496
    (tables / "b.parquet").write_bytes(whole)

    outcomes = score(tables, tmp_path / "scores")

    assert states(outcomes)["b.parquet"] == "refused"
    assert "b.parquet" not in names(tmp_path / "scores")


def test_a_table_that_changes_while_it_is_read_is_refused(
    score: Score, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = iter(range(100))
    monkeypatch.setattr(local, "_stamp", lambda file: (next(stamps), 0, 0))

    outcomes = score(tables / "a.parquet", tmp_path / "scores")

    assert "a.parquet  SCORE006  changed while it was read" in said(outcomes)
    assert names(tmp_path / "scores") == [CLAIM]


@pytest.mark.parametrize(
    ("source", "message"),
    [("empty", "/empty does not exist, or is empty"), ("text", "/text holds no Parquet file")],
)
def test_nothing_to_score_is_an_error(score: Score, tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "a.csv").touch()

    with pytest.raises(Problem) as refusal:
        score(tmp_path / source, tmp_path / "scores")

    assert message in as_text(refusal.value.findings)


def test_predictions_are_not_written_among_the_tables(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="the next run would take predictions for tables"):
        places.separate(places.Place(str(tmp_path)), places.Place(str(tmp_path / "scores")))


def test_a_store_that_cannot_be_reached_is_named(
    score: Score, tables: Path, nobody_listens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{nobody_listens}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    with pytest.raises(Problem, match="s3://models/scores cannot be reached"):
        score(tables, "s3://models/scores")


# Several at once ---------------------------------------------------------------------------------
def test_an_output_of_another_model_or_of_other_tables_is_refused(score: Score, tables: Path, place: str) -> None:
    score(tables, place)

    with pytest.raises(Problem, match="holds predictions of other tables"):
        score(tables / "a.parquet", place)
    with pytest.raises(Problem, match="holds predictions of other columns"):
        score(tables, place, keep=())


def test_of_two_that_claim_an_output_at_once_one_does(tmp_path: Path, s3: str) -> None:
    for place in (places.Place(str(tmp_path / "scores")), places.Place(f"{s3}/scores")):
        assert place.claim(CLAIM, {"seal": "a"}) == {"seal": "a"}
        assert place.claim(CLAIM, {"seal": "b"}) == {"seal": "a"}


def test_shares_hold_every_partition_once() -> None:
    from paved_road.scoring.run import Share

    held = [[Share(index, 3).holds(f"part-{number}.parquet") for index in range(3)] for number in range(60)]

    assert all(sum(each) == 1 for each in held)
    assert all(sum(column) > 10 for column in zip(*held, strict=True))


KILL = """
import os, signal
from paved_road.scoring import partition

def predict(*given, rest=partition.predict):
    if not os.path.exists({mark!r}):
        open({mark!r}, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return rest(*given)

partition.predict = predict
"""


def test_a_worker_that_is_killed_loses_no_partition(
    score: Score, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(KILL.format(mark=str(tmp_path / "killed")))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    outcomes = score(tables, tmp_path / "scores", count=2)

    assert (tmp_path / "killed").exists()
    assert set(states(outcomes)) == {"a.parquet", "b.parquet", "day=1/c.parquet"}
    assert "refused" not in states(outcomes).values()
    keys = [key for name in states(outcomes) for key in read(tmp_path / "scores", name)["payment"].to_pylist()]
    assert sorted(keys) == sorted(f"p{number}" for number in range(300))
