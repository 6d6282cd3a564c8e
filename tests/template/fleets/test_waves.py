"""`fleet open`: canaries first, and the next wave only when the one before is green."""

from pathlib import Path

import pytest
from fleet.github import Hub
from fleet.waves import BRANCH, WORKFLOW
from tools import hub

from fleet import cli

from .conftest import Said, fleet

pytestmark = pytest.mark.xdist_group("fleet")
TITLE = "Follow the paved road to v0.2.0"
HEAD = "head-of-platform-update"
GREEN: hub.Runs = [("pass", "completed", "success")]
STARTED = {"ref": "main", "inputs": {"version": "v0.2.0"}}


@pytest.fixture
def github(born: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> hub.Hub:
    """A canary, and two that come after; all are at v0.1.0. One is at v0.2.0 already."""
    (tmp_path / "fleet.yml").write_text(
        "repositories:\n"
        "  - {repository: acme/canary, wave: 1}\n"
        "  - {repository: acme/one, wave: 2}\n"
        "  - {repository: acme/current, wave: 2}\n"
        "  - acme/last\n"
    )
    folders: dict[str, Path | None] = {f"acme/{name}": born / "behind" for name in ("canary", "one", "last")}
    fake = hub.Hub(folders | {"acme/current": born / "current"})
    monkeypatch.setattr(cli, "hub", lambda: Hub("token", transport=fake.transport, retry=False))
    monkeypatch.chdir(tmp_path)
    return fake


def proposed(github: hub.Hub, name: str, runs: hub.Runs) -> None:
    github.pulls[name] = [(TITLE, BRANCH)]
    github.checks[name, HEAD] = runs


def opened(github: hub.Hub) -> list[str]:
    assert all((workflow, body) == (WORKFLOW, STARTED) for _, workflow, body in github.dispatched)
    return [name for name, _, _ in github.dispatched]


def wave(source: Path, *more: str, version: str = "v0.2.0", places: str = "fleet.yml") -> Said:
    return fleet("open", places, version, "--template", source, *more)


def test_the_canary_is_opened_first_and_alone(github: hub.Hub, source: Path) -> None:
    said = wave(source)

    assert said.exit_code == 0
    assert opened(github) == ["acme/canary"]
    assert "opened  acme/canary  v0.2.0" in said.text


def test_a_dry_run_says_it_and_opens_nothing(github: hub.Hub, source: Path) -> None:
    said = wave(source, "--dry-run")

    assert said.exit_code == 0
    assert opened(github) == []
    assert "would open  acme/canary  v0.2.0" in said.text


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([("pass", "in_progress", None)], "pass is still running"),
        ([("Tests", "completed", "failure"), ("pass", "completed", "failure")], "Tests"),
        ([], "no check named pass ran"),
    ],
)
def test_the_next_wave_waits_until_the_one_before_is_green(
    github: hub.Hub, source: Path, runs: hub.Runs, reason: str
) -> None:
    proposed(github, "acme/canary", runs)

    said = wave(source)

    assert said.exit_code == 1
    assert opened(github) == []
    assert "wave 1 is not green: acme/canary: wait for its checks" in said.text
    assert reason in wave(source, "--force", "--dry-run").text


def test_force_opens_the_next_wave_all_the_same(github: hub.Hub, source: Path) -> None:
    proposed(github, "acme/canary", [("pass", "completed", "failure")])

    wave(source, "--force")

    assert opened(github) == ["acme/one"]


def test_a_green_wave_lets_the_next_one_go_without_those_that_follow_already(github: hub.Hub, source: Path) -> None:
    proposed(github, "acme/canary", GREEN)

    said = wave(source)

    assert opened(github) == ["acme/one"]
    assert "wave 2  acme/current  is at v0.2.0" in said.text


def test_a_pull_request_for_another_version_does_not_count(github: hub.Hub, source: Path) -> None:
    proposed(github, "acme/canary", GREEN)
    github.pulls["acme/canary"] = [("Follow the paved road to v0.1.5", BRANCH)]

    wave(source)

    assert opened(github) == ["acme/canary"]


def test_once_all_are_proposed_nothing_is_opened(github: hub.Hub, source: Path) -> None:
    for name in ("acme/canary", "acme/one", "acme/last"):
        proposed(github, name, GREEN)

    said = wave(source)

    assert opened(github) == []
    assert "every repository follows v0.2.0, or has a pull request for it" in said.text


def test_a_workflow_that_cannot_be_started_is_named_and_the_others_are(github: hub.Hub, source: Path) -> None:
    Path("two.txt").write_text("acme/canary\nacme/one\n")
    github.refusals[f"/repos/acme/canary/actions/workflows/{WORKFLOW}/dispatches"] = (
        403,
        {},
        "Resource not accessible",
    )

    said = wave(source, places="two.txt")

    assert said.exit_code == 1
    assert "not opened: acme/canary: this token may not: GITHUB_TOKEN needs `actions: write`" in said.text
    assert opened(github) == ["acme/one"]


def test_a_repository_that_cannot_be_read_stops_what_comes_after_it(github: hub.Hub, source: Path) -> None:
    github.refusals["/repos/acme/canary"] = (404, {}, "Not Found")

    said = wave(source)

    assert said.exit_code == 1
    assert opened(github) == []
    assert "wave 1 is not green: acme/canary" in said.text


@pytest.mark.parametrize(
    ("entry", "version", "said"),
    [
        ("acme/canary", "v0.9.0", "v0.9.0 was never released: choose from v0.1.0, v0.2.0"),
        ("./behind", "v0.2.0", "./behind is not on GitHub, or not listed as owner/name"),
    ],
)
def test_what_cannot_be_opened_is_refused(github: hub.Hub, source: Path, entry: str, version: str, said: str) -> None:
    Path("odd.txt").write_text(f"{entry}\n")

    outcome = wave(source, version=version, places="odd.txt")

    assert outcome.exit_code == 1
    assert said in outcome.text
