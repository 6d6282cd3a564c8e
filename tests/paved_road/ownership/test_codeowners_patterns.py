"""Patterns match what another reader of CODEOWNERS says they match."""

import pytest
from codeowners import CodeOwners
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.ownership.patterns import Files, matches, unsupported

SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "?", "**", "a*", "*.b", ".c"])
PATTERNS = st.builds(
    lambda lead, segments, trail: lead + "/".join(segments) + trail,
    st.sampled_from(["", "/"]),
    st.lists(SEGMENTS, min_size=1, max_size=4),
    st.sampled_from(["", "/"]),
).filter(lambda pattern: unsupported(pattern) is None)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "x.b", ".c"]), min_size=1, max_size=5).map("/".join)


@settings(max_examples=500)
@given(pattern=PATTERNS, path=PATHS)
def test_any_pattern_matches_what_another_reader_matches(pattern: str, path: str) -> None:
    elsewhere = CodeOwners(f"{pattern} @acme/team").of(path)

    assert matches(pattern, path) == bool(elsewhere)


@settings(max_examples=500)
@given(pattern=PATTERNS | st.just("/"), paths=st.lists(PATHS, max_size=8))
def test_many_files_are_matched_as_each_of_them_is(pattern: str, paths: list[str]) -> None:
    files = Files(paths)

    found = [files.paths[position] for position in files.matching(pattern)]

    assert found == sorted(path for path in paths if matches(pattern, path))


@pytest.mark.parametrize(
    ("pattern", "owned", "not_owned"),
    [
        ("*", ["a", "a/b", ".a"], []),
        ("*.js", ["a.js", "b/a.js"], ["a.jsx"]),
        ("/build/logs/", ["build/logs/a", "build/logs/b/a"], ["x/build/logs/a", "build/logs"]),
        ("docs/*", ["docs/a.md"], ["docs/b/a.md"]),
        ("apps/", ["apps/a", "b/apps/a"], ["apps"]),
        ("**/logs", ["logs/a", "b/logs/a", "b/logs"], ["log/a"]),
        ("/apps/github", ["apps/github", "apps/github/a"], ["apps/githubs", "b/apps/github"]),
        (r"/my\ notes/", ["my notes/a"], ["my/notes/a"]),
    ],
)
def test_patterns_of_githubs_manual_mean_what_it_says(pattern: str, owned: list[str], not_owned: list[str]) -> None:
    assert [path for path in owned + not_owned if matches(pattern, path)] == owned
