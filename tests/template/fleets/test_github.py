"""`fleet report` through GitHub's API: pages, limits, tokens, archived and empty repositories."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from fleet.github import Hub
from tools import hub

from fleet import cli

from .conftest import Said, fleet

pytestmark = pytest.mark.xdist_group("fleet")
PASSED = [("Tests", "completed", "success"), ("pass", "completed", "success")]


@pytest.fixture
def github(born: Path, monkeypatch: pytest.MonkeyPatch) -> hub.Hub:
    """Five repositories of one organisation: more than two pages of them."""
    names = ["current", "behind", "archived", "empty", "plain"]
    folders: list[Path | None] = [born / "current", born / "behind", born / "current", None, born / "current"]
    fake = hub.Hub({f"acme/{name}": folder for name, folder in zip(names, folders, strict=True)})
    fake.archived = {"acme/archived"}
    fake.checks["acme/current", "main"] = list(PASSED)
    monkeypatch.setattr(cli, "hub", lambda: Hub("token", transport=fake.transport, retry=False))
    return fake


def report(source: Path, *more: str, at: Path | None = None) -> dict[str, dict[str, Any]]:
    where = [str(at)] if at else ["--organization", "acme"]
    said: Said = fleet("report", *where, "--template", source, "--json", *more)
    assert said.exit_code == 0, said.text
    return said.rows


def test_every_page_of_an_organisation_is_read_and_each_state_told(github: hub.Hub, source: Path) -> None:
    github.checks["acme/behind", "main"] = [("Tests", "completed", "failure"), ("pass", "completed", "failure")]

    rows = report(source)

    assert set(rows) == set(github.repositories)
    assert (rows["acme/current"]["concerns"], rows["acme/current"]["gates"]) == ([], "good")
    assert rows["acme/behind"]["concerns"] == ["behind", "gates"]
    assert rows["acme/behind"]["gate_facts"] == ["Tests"]
    assert (rows["acme/archived"]["state"], rows["acme/archived"]["concerns"]) == ("archived", [])
    assert rows["acme/empty"]["reason"] == "is empty: nothing was ever committed"
    assert rows["acme/plain"]["gate_facts"] == ["no check named pass ran"]


def test_an_api_answers_what_a_clone_answers(github: hub.Hub, source: Path, born: Path, tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text(f"{born}/behind\n")
    (tmp_path / "there.txt").write_text("acme/behind\n")

    (here,), (there,) = (report(source, at=tmp_path / f"{name}.txt").values() for name in ("here", "there"))

    apart = ("repository", "gates", "gate_facts")
    assert {k: v for k, v in here.items() if k not in apart} == {k: v for k, v in there.items() if k not in apart}


RESET = str(int(time.time()) + 1800)


@pytest.mark.parametrize(
    ("status", "headers", "message", "reason"),
    [
        (401, {}, "Bad credentials", "GitHub does not know this token: it is wrong, or has expired"),
        (403, {}, "Resource not accessible by personal access token", "this token may not"),
        (404, {}, "Not Found", "GitHub has none by this name, or hides it from this token"),
        (451, {}, "Blocked", "GitHub answers 451: Blocked"),
        (500, {}, "Oops", "GitHub answers 500: Oops"),
        (
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": RESET},
            "API rate limit exceeded",
            "GitHub's rate limit is reached; it ends at ",
        ),
        (429, {"retry-after": "60"}, "You have exceeded a secondary rate limit", "GitHub's rate limit is reached"),
    ],
)
def test_what_github_refuses_is_a_row_with_its_reason(
    github: hub.Hub, source: Path, tmp_path: Path, status: int, headers: dict[str, str], message: str, reason: str
) -> None:
    (tmp_path / "fleet.txt").write_text("acme/current\n")
    github.refusals["/repos/acme/current"] = (status, headers, message)

    rows = report(source, at=tmp_path / "fleet.txt")

    assert rows["acme/current"]["state"] == "unreadable"
    assert reason in rows["acme/current"]["reason"]


def test_a_token_that_may_not_read_checks_still_reads_the_rest(github: hub.Hub, source: Path, tmp_path: Path) -> None:
    (tmp_path / "fleet.txt").write_text("acme/current\n")
    github.refusals[".*/check-runs"] = (403, {}, "Resource not accessible by integration")

    row = report(source, at=tmp_path / "fleet.txt")["acme/current"]

    assert (row["state"], row["gates"], row["drift"]) == ("read", "unknown", [])
    assert row["gate_facts"] == ["checks: this token may not"]


def test_an_organisation_that_cannot_be_read_is_refused(github: hub.Hub, source: Path) -> None:
    said = fleet("report", "--organization", "nobody", "--template", source)

    assert said.exit_code == 1
    assert "nobody has no repository that this token may see" in said.text


def test_a_network_that_drops_is_a_reason(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def drop(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    monkeypatch.setattr(cli, "hub", lambda: Hub(None, transport=httpx.MockTransport(drop), retry=False))
    (tmp_path / "fleet.txt").write_text("acme/current\n")

    rows = report(source, at=tmp_path / "fleet.txt")

    assert "GitHub cannot be reached: " in rows["acme/current"]["reason"]
    assert json.dumps(rows)


def test_nothing_is_changed_by_a_report(github: hub.Hub, source: Path) -> None:
    report(source)

    assert github.dispatched == []
    assert all(path.startswith(("/repos/", "/orgs/", "/organizations/")) for path in github.asked)
