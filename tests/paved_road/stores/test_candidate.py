"""A candidate is read whole, or refused with the command that makes a new one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from paved_road.findings import Problem, as_text
from paved_road.stores.candidate import Candidate, Run, write_run

SHA = "0" * 64
RUN: dict[str, Any] = {
    "contract_sha256": SHA,
    "data_sha256": SHA,
    "origin": {
        "trained_by": "Ada — übel",
        "trained_at": "2026-03-01T12:00:00+00:00",
        "commit": "0" * 40,
        "uncommitted": False,
        "data_sha256": SHA,
        "rows": 10,
        "framework": "scikit-learn 1",
        "parameters": {},
        "tracking": {"uri": "", "experiment": "", "run": ""},
    },
    "metrics": {"recall": None, "precision": 0.5},
}


@pytest.fixture
def candidate(tmp_path: Path) -> Candidate:
    """Whole, though its model is empty."""
    made = Candidate(tmp_path)
    for file in (made.model("onnx"), made.golden, made.trained):
        file.touch()
    write_run(tmp_path, msgspec.convert(RUN, Run))
    return made


def refusal(candidate: Candidate) -> str:
    with pytest.raises(Problem) as refused:
        candidate.run()
    return as_text(refused.value.findings)


def test_what_is_written_is_read_again(candidate: Candidate) -> None:
    assert candidate.run() == msgspec.convert(RUN, Run)


@pytest.mark.parametrize("part", ["model.onnx", "golden.parquet", "trained.npy", "run.json"])
def test_a_candidate_that_lacks_a_part_is_refused(candidate: Candidate, part: str) -> None:
    (candidate.folder / part).unlink()

    said = refusal(candidate)

    assert f"CANDIDATE001  there is no candidate: {part} is missing" in said
    assert "run `road train`" in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: b"", "Input data was truncated"),
        (lambda text: text[: len(text) // 2], "truncated"),
        (lambda text: b"\xff" + text, "JSON is malformed"),
        (lambda text: text.replace(b"Ada", b"\xff"), "'utf-8' codec can't decode"),
        (lambda text: b"[]", "Expected `object`, got `array`"),
        (lambda text: text.replace(b'"rows": 10', b'"rows": 0'), "Expected `int` >= 1 - at `$.origin.rows`"),
        (lambda text: text.replace(b'"metrics"', b'"metric"'), "unknown field `metric`"),
        (lambda text: text.replace(SHA.encode(), b"0"), "matching regex"),
        (lambda text: json.dumps({"origin": {}}).encode(), "missing required field"),
    ],
    ids=["empty", "truncated", "malformed", "not UTF-8", "no object", "no rows", "other", "digest", "missing"],
)
def test_a_run_file_that_was_changed_is_refused(
    candidate: Candidate, change: Callable[[bytes], bytes], message: str
) -> None:
    candidate.run_file.write_bytes(change(candidate.run_file.read_bytes()))

    said = refusal(candidate)

    assert "CANDIDATE002  run.json: " in said
    assert message in said
    assert "run `road train`" in said
