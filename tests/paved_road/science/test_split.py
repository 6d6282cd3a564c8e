"""Golden rows and training rows never meet."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.contracts.model import Field, Golden, ModelContract
from paved_road.findings import Problem, as_text
from paved_road.science.split import golden_columns, split

from ..contracts.contracts_examples import promise

NOWHERE = Path("nowhere")


def contract(**golden: Any) -> ModelContract:
    return msgspec.structs.replace(
        promise("classification"),
        inputs=[Field(name="amount", type="number", meaning="Amount.")],
        golden=Golden(key="row", **golden),
    )


def table(rows: int = 10) -> pd.DataFrame:
    times = pd.date_range("2026-01-01", periods=rows, tz="UTC")
    return pd.DataFrame({"row": range(rows), "at": times, "amount": 1.5, "is_fraud": [True, False] * (rows // 2)})


def hand_over(folder: Path, golden: pa.Table, version: int = 1) -> None:
    pq.write_table(golden, folder / "golden.parquet")
    manifest = {"baseline": {"version": version, "golden": {"path": "golden.parquet"}}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_the_newest_rows_are_golden_and_the_rest_is_trained_on() -> None:
    train, golden = split(table().sample(frac=1, random_state=7), contract(newest_by="at"), NOWHERE)

    assert golden.column("row").to_pylist() == [8, 9]
    assert sorted(train["row"]) == list(range(8))
    assert golden.column_names == ["row", "at", "amount", "is_fraud"]


def test_a_row_without_a_time_is_not_taken_for_the_newest() -> None:
    rows = table()
    rows.loc[0, "at"] = None

    _, golden = split(rows, contract(newest_by="at"), NOWHERE)

    assert golden.column("row").to_pylist() == [8, 9]


@settings(max_examples=40)
@given(keys=st.lists(st.integers(0, 30), min_size=10, max_size=40), seed=st.integers(0, 100), repeated=st.booleans())
def test_no_key_is_on_both_sides_whatever_the_order_and_the_index(keys: list[int], seed: int, repeated: bool) -> None:
    rows = pd.DataFrame({"row": keys, "amount": 1.0, "is_fraud": True})
    shuffled = rows.sample(frac=1, random_state=seed)
    if repeated:
        shuffled.index = pd.Index([0] * len(rows))
    try:
        train, golden = split(rows, contract(), NOWHERE)
    except Problem as refused:
        assert refused.findings[0].code == "SPLIT003"
        return

    _, again = split(shuffled, contract(), NOWHERE)

    assert golden.num_rows == round(len(rows) * 0.2)
    assert not set(train["row"]) & set(golden.column("row").to_pylist())
    assert sorted(again.column("row").to_pylist()) == sorted(golden.column("row").to_pylist())


def test_the_golden_dataset_that_was_handed_over_is_kept(tmp_path: Path) -> None:
    _, before = split(table(), contract(newest_by="at"), NOWHERE)
    hand_over(tmp_path, before)

    train, golden = split(table(20), contract(newest_by="at"), tmp_path)

    assert golden.equals(before)
    assert not set(train["row"]) & {8, 9}
    assert len(train) == 18


def test_another_version_takes_new_golden_rows(tmp_path: Path) -> None:
    _, before = split(table(), contract(newest_by="at"), NOWHERE)
    hand_over(tmp_path, before)

    _, golden = split(table(20), contract(newest_by="at", version=2), tmp_path)

    assert golden.column("row").to_pylist() == [16, 17, 18, 19]


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"baseline": {"version": 1}}'])
def test_evidence_that_cannot_be_read_is_not_used(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest)

    _, golden = split(table(), contract(newest_by="at"), tmp_path)

    assert golden.num_rows == 2


def test_a_golden_dataset_that_is_no_parquet_is_not_used(tmp_path: Path) -> None:
    hand_over(tmp_path, pa.table({"row": [1]}))
    (tmp_path / "golden.parquet").write_bytes(b"not parquet")

    assert split(table(), contract(), tmp_path)[1].num_rows == 2


def test_a_kept_golden_dataset_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    hand_over(tmp_path, pa.table({"row": [1], "is_fraud": [True]}))

    with pytest.raises(Problem) as refused:
        split(table(), contract(), tmp_path)

    said = as_text(refused.value.findings)
    assert "SPLIT002  the golden dataset of version 1 has no column amount" in said
    assert "raise golden.version in contracts/model.yml" in said


@pytest.mark.parametrize(
    ("rows", "golden", "message"),
    [
        (table().drop(columns="row"), {}, "SPLIT001  the data has no column row"),
        (table().drop(columns=["amount", "is_fraud"]), {}, "SPLIT001  the data has no column amount, is_fraud"),
        (table(), {"newest_by": "when"}, "SPLIT001  the data has no column when"),
        (table(), {"slices": ["planet"]}, "SPLIT001  the data has no column planet"),
        (table(2), {"share": 0.1}, "SPLIT003  0 golden rows leave 2 of 2 rows to train on"),
        (table(2), {"share": 0.9}, "SPLIT003  2 golden rows leave 0 of 2 rows to train on"),
    ],
)
def test_data_that_cannot_be_split_are_refused(rows: pd.DataFrame, golden: dict[str, Any], message: str) -> None:
    with pytest.raises(Problem) as refused:
        split(rows, contract(**golden), NOWHERE)

    assert message in as_text(refused.value.findings)


def test_a_column_with_two_uses_is_there_once() -> None:
    assert golden_columns(contract(newest_by="row", slices=["amount", "is_fraud"])) == ["row", "amount", "is_fraud"]


def test_a_kept_golden_dataset_with_keys_of_another_kind_is_refused(tmp_path: Path) -> None:
    _, golden = split(table(), contract(), tmp_path)
    hand_over(tmp_path, golden)
    as_text_keys = table().assign(row=lambda data: data["row"].astype(str))

    with pytest.raises(Problem) as refused:
        split(as_text_keys, contract(), tmp_path)

    said = as_text(refused.value.findings)
    assert "SPLIT002  row is of kind string in the data, and number in the golden dataset" in said
    assert "raise golden.version" in said
