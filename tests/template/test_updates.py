"""A simulated team follows the releases: a sample of what `make updates` lives whole, each night."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tools import needs

from tests.template.conftest import ROOT, git
from tests.template.updates import life, matrix, releases
from tests.template.updates.edits import EDITS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("matrix")]


@pytest.fixture(scope="module")
def tags() -> list[str]:
    try:
        found = releases.releases()
    except releases.Unknown as error:
        needs.missing(str(error))
    return [release.tag for release in found]


@pytest.fixture(scope="module")
def road(tags: list[str], template: Path, tmp_path_factory: pytest.TempPathFactory) -> life.Road:
    place = tmp_path_factory.mktemp("road")
    return life.Road(releases.source(place / "source", template), place / "rendered")


def test_from_the_first_release_to_what_comes_next_nothing_is_lost_and_every_gate_passes(
    road: life.Road, tags: list[str]
) -> None:
    outcome = life.live(life.Plan(tags[0], tags[-1], matrix.USUAL), road, gates=True)

    assert outcome.wrong == []
    assert outcome.counts["conflicts"] == outcome.counts["conflicts expected"] > 0
    assert outcome.counts["edits"] >= len(EDITS) - 3  # the first release has no runbooks, and its example is kept


def test_any_team_follows_from_any_release_to_any_later_one(road: life.Road, tags: list[str]) -> None:
    @settings(
        max_examples=2,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(matrix.any_plan(tags))
    def follows(plan: life.Plan) -> None:
        assert life.live(plan, road, gates=False, again=False).wrong == []

    follows()


@pytest.mark.parametrize(
    ("path", "text", "unmerged", "message"),
    [
        ("README.md", b"lost\n", set(), "README.md: lost"),
        ("README.md", b"old\nours\n", {"README.md"}, "conflicts where none was promised: ['README.md']"),
        ("Dockerfile", b"FROM scratch\n", set(), "Dockerfile: not the new release's"),
        ("tests/test_data.py", b"new\n", set(), "tests/test_data.py: not left alone"),
    ],
)
def test_a_loss_or_an_unpromised_conflict_would_be_noticed(
    path: str, text: bytes, unmerged: set[str], message: str
) -> None:
    old = dict.fromkeys(("README.md", "Dockerfile", "tests/test_data.py"), b"old\n")
    mine = old | {"README.md": b"old\nours\n"}
    outcome = life.Outcome()

    life.compare(outcome, life.Sides(old, mine, old, mine | {path: text}), unmerged, across=set())

    assert any(each.startswith(message) for each in outcome.wrong), outcome.wrong


def test_a_shallow_clone_says_that_it_has_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{ROOT}", "clone")
    monkeypatch.setattr(releases, "ROOT", tmp_path / "clone")

    with pytest.raises(releases.Unknown, match=r"this clone is shallow.*git fetch --unshallow"):
        releases.releases()
