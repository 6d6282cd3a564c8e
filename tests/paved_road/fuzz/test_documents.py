"""No document, whatever was done to it, gives a traceback, is taken wrongly or read as another.

What is taken is held against another validator and another parser than the code has.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from paved_road.documents import Key
from paved_road.findings import Problem, as_text

from .deep import examples
from .kinds import NAMES, Kind, is_json, kind, same, says, validator
from .mutations import garbled, mutated, nodes

Count = Callable[[int], None]


@pytest.fixture(scope="module", params=NAMES)
def which(request: pytest.FixtureRequest) -> Kind:
    return kind(request.param)


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Iterator[list[None]]:
    """Gets one entry for each document."""
    every: list[None] = []
    yield every
    record_property("fuzzed", len(every))


def loaded(which: Kind, root: Path, content: bytes) -> Any:
    """What a command has after reading it; what is wrong has to be said in words."""
    file = root / Path(which.path).name
    file.write_bytes(content)
    try:
        return which.load(file)
    except Problem as problem:
        for finding in problem.findings:
            assert finding.code and finding.fact and finding.remedy and finding.path, finding
        said = as_text(problem.findings[:1])
        assert len(said) < 2_000 and not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said), said
        return problem


def used(which: Kind, made: Any, root: Path) -> None:
    """What follows from a document that was taken is made of it, or refused in words."""
    try:
        which.use(made, root)
    except Problem as problem:
        assert all(finding.fact and finding.remedy for finding in problem.findings)


def test_a_change_of_values_is_refused_in_words_or_read_as_written(
    which: Kind, tmp_path: Path, tried: list[None]
) -> None:
    outside = validator(which.schema)

    @examples(150)
    @given(content=mutated(which.valid).map(which.seal))
    def fuzz(content: Any) -> None:
        tried.append(None)
        made = loaded(which, tmp_path, which.write(content))
        keeps = which.holds(content) and outside.is_valid(content)
        if isinstance(made, Problem):
            assert not keeps or {finding.code for finding in made.findings} <= {*which.beyond}, made
            return
        assert keeps
        assert not which.exact or says(made, content), json.dumps(content)
        used(which, made, tmp_path)

    fuzz()


def test_a_garbled_text_is_refused_in_words_or_read_as_another_parser_reads_it(
    which: Kind, tmp_path: Path, tried: list[None]
) -> None:
    outside = validator(which.schema)

    @examples(200)
    @given(content=garbled(which.texts))
    def fuzz(content: bytes) -> None:
        tried.append(None)
        made = loaded(which, tmp_path, content)
        if isinstance(made, Problem):
            return
        try:
            read = json.loads(content) if which.path.endswith(".json") else yaml.safe_load(content)
        except yaml.YAMLError:  # a tab before a colon is YAML, and this parser does not know it
            return
        assert which.holds(read) and outside.is_valid(read)
        assert not which.exact or says(made, read)
        used(which, made, tmp_path)

    fuzz()


def test_random_bytes_are_refused_in_words(which: Kind, tmp_path: Path, tried: list[None]) -> None:
    @examples(100)
    @given(content=st.binary(max_size=300))
    def fuzz(content: bytes) -> None:
        tried.append(None)
        assert isinstance(loaded(which, tmp_path, content), Problem)

    fuzz()


def test_a_manifest_that_was_not_sealed_again_is_taken_only_if_it_says_the_same(
    tmp_path: Path, tried: list[None]
) -> None:
    which = kind("manifest")
    (sealed,) = which.valid

    @examples(150)
    @given(content=mutated(which.valid))
    def fuzz(content: Any) -> None:
        assume(not is_json(content) or not same(content, sealed))
        tried.append(None)
        assert isinstance(loaded(which, tmp_path, which.write(content)), Problem)

    fuzz()


def twice(part: Any, at: Key) -> str:
    """As JSON, which is YAML too, with the key at `at` written twice."""
    if isinstance(part, list):
        return f"[{', '.join(twice(item, at[1:] if at[:1] == (number,) else ()) for number, item in enumerate(part))}]"
    if not isinstance(part, dict):
        return json.dumps(part)
    written = []
    for key, value in part.items():
        entry = f"{json.dumps(key)}: {twice(value, at[1:] if at[:1] == (key,) else ())}"
        written += [entry, f"{json.dumps(key)}: 1"] if at == (key,) else [entry]
    return f"{{{', '.join(written)}}}"


def test_a_key_that_is_written_twice_is_refused_wherever_it_stands(
    which: Kind, tmp_path: Path, tried: list[None]
) -> None:
    content = which.valid[0]
    keys = [at for at in nodes(content) if isinstance(at[-1], str)]
    assert not isinstance(loaded(which, tmp_path, twice(content, ()).encode()), Problem)

    for at in keys:
        tried.append(None)
        refused = loaded(which, tmp_path, twice(content, at).encode())
        assert isinstance(refused, Problem) and "written twice" in str(refused), at
