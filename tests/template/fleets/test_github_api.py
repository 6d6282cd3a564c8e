"""The fake GitHub of these tests, and what the fleet asks it, held against GitHub's own description of its API."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from fleet.github import Hub
from fleet.waves import BRANCH, WORKFLOW
from tools import github_api, hub

from fleet import cli

from .conftest import fleet

pytestmark = pytest.mark.xdist_group("fleet")
REPOSITORY = "/repos/{owner}/{repo}"


@pytest.fixture
def github(born: Path, monkeypatch: pytest.MonkeyPatch) -> hub.Hub:
    """A repository of each kind, one with a proposal whose checks passed."""
    fake = hub.Hub({"acme/behind": born / "behind", "acme/next": born / "behind", "acme/empty": None})
    fake.pulls["acme/behind"] = [("Follow the paved road to v0.2.0", BRANCH)]
    fake.checks["acme/behind", "head-of-platform-update"] = [("pass", "completed", "success"), ("ours", "queued", None)]
    fake.checks["acme/behind", "main"] = [("Tests", "completed", "failure")]
    monkeypatch.setattr(cli, "hub", lambda: Hub("token", transport=fake.transport, retry=False))
    return fake


def test_all_that_is_asked_and_all_that_the_fake_answers_is_in_githubs_description(
    github: hub.Hub, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "fleet.yml").write_text("repositories: [{repository: acme/behind, wave: 1}, acme/next]")

    fleet("report", "--organization", "acme", "--template", source)
    said = fleet("open", tmp_path / "fleet.yml", "v0.2.0", "--template", source)

    assert "opened  acme/next" in said.text
    asked = [request.url.path for request, _ in github.spoken]
    assert all(any(re.fullmatch(route, path) for path in asked) for route in github.routes)
    for request, response in github.spoken:
        assert github_api.complaints(request, response) == [], str(request.url)


@pytest.mark.parametrize(
    ("path", "answer", "complaint"),
    [
        ("/repos/acme/one", {"defaultBranch": "main"}, "defaultBranch"),
        ("/repos/acme/one", {"archived": "no"}, "boolean"),
        ("/repos/acme/one/commits/main/check-runs", {"check_runs": [{"conclusion": "passed"}]}, "passed"),
        ("/repos/acme/one/pulls?branch=main", [], "it knows no parameter branch"),
        ("/repos/acme/one/pulls?state=green", [], "green"),
        ("/repos/acme/one/actions/proposals", {}, "is no part of GitHub's API"),
    ],
)
def test_what_github_does_not_know_is_told(path: str, answer: Any, complaint: str) -> None:
    request = httpx.Request("GET", f"https://api.github.com{path}")

    told = github_api.complaints(request, httpx.Response(200, json=answer))

    assert complaint in " ".join(told)


def test_githubs_own_answers_are_read() -> None:
    tree = github_api.example(f"{REPOSITORY}/git/trees/{{tree_sha}}", "response-recursively-retrieving-a-tree")
    runs = github_api.example(f"{REPOSITORY}/commits/{{ref}}/check-runs")
    file = github_api.example(f"{REPOSITORY}/contents/{{path}}", "response-if-content-is-a-file")
    file["content"] = github_api.example(f"{REPOSITORY}/git/blobs/{{file_sha}}")["content"]  # its own is cut short
    about = github_api.recorded()
    answers = {
        "git/trees": tree,
        "check-runs": runs,
        "contents": file,
        "/repos?": github_api.example("/orgs/{org}/repos"),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json=next((said for part, said in answers.items() if part in str(request.url)), about)
        )

    real = Hub(None, transport=httpx.MockTransport(answer), retry=False)

    assert real.read(about["full_name"]).tree == {"subdir/file.txt": tree["tree"][0]["sha"]}
    assert real.checks(about["full_name"], "main").facts == ("no check named pass ran",)
    assert real.text(about["full_name"], file["path"], "main") == "Content of the blob"
    assert [each["full_name"] for each in real.organization("octocat")] == ["octocat/Hello-World"]


def test_the_workflow_that_is_started_is_one_that_a_repository_has(born: Path) -> None:
    assert (born / "current" / ".github/workflows" / WORKFLOW).is_file()
