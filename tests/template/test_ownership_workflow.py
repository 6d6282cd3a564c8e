"""The workflow that says whose a change is, lived through with a stand-in for GitHub's own command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tools import workflow

from .conftest import git

FILE = ".github/workflows/ownership.yml"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("life")]

# Writes down how it is called; has one comment of ours if the file `known` says so; may not ask teams.
GH = """#!/usr/bin/env bash
echo "$*" >>"$0.log"
case "$*" in
  *--paginate*) cat "$0.known" ;;
  *team_reviewers*) exit 1 ;;
esac
"""


@pytest.fixture
def gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The stand-in, first on PATH; what it heard is in `gh.log` beside it."""
    program = tmp_path / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(GH)
    program.chmod(0o755)
    program.with_name("gh.known").touch()
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return program


def event(repository: str = "acme/fraud", visibility: str = "public") -> dict[str, Any]:
    """What GitHub tells of a pull request that comes from a repository."""
    change = {"number": 7, "head": {"repo": {"full_name": repository}}, "user": {"login": "grace"}}
    about = {"pull_request": change, "repository": {"visibility": visibility}}
    return {"event_name": "pull_request", "repository": "acme/fraud", "token": "t", "event": about}


def merged(project: Path) -> str:
    """Merge a change of a hostile kind, as GitHub's merge commit has it; what it would merge into."""
    base = git(project, "rev-parse", "HEAD").strip()
    git(project, "switch", "-q", "-c", "change")
    (project / "deploy/base/service.yaml").write_text("changed\n")
    (project / "platform/src/paved_road/cli/review.py").write_text('raise SystemExit("the change was run")\n')
    (project / "raci.yml").write_text("roles: {}\n")
    git(project, "commit", "-q", "-a", "-m", "Change")
    git(project, "switch", "-q", "--detach", base)
    git(project, "merge", "-q", "--no-ff", "-m", "Merge", "change")
    return base


def test_a_pull_request_is_told_whose_it_is_by_the_base_branchs_own_words(clone: Path, gh: Path) -> None:
    base = merged(clone)

    jobs = workflow.run(clone, ["review", "tell"], file=FILE, github=event())

    assert [job.result for job in jobs.values()] == ["success", "success"], jobs
    assert git(clone, "rev-parse", "HEAD").strip() == base
    assert "| `deploy/base/service.yaml` | Deploy to Kubernetes | MLOps engineer" in jobs["review"].summary
    assert (clone / "comment.md").read_text().startswith("<!-- road raci review -->\n## Whose this change is\n")
    heard = gh.with_name("gh.log").read_text()
    assert "repos/acme/fraud/issues/7/comments --field body=@comment.md" in heard
    assert "team_reviewers[]=site-reliability" in heard
    assert "did not let this workflow ask @acme/site-reliability" in jobs["tell"].summary

    gh.with_name("gh.known").write_text("12\n")
    again = workflow.run(
        clone, ["tell"], {"review": "success"}, FILE, github=event(), outputs={"review": {"ready": "yes"}}
    )

    assert again["tell"].result == "success", again
    assert "--method PATCH repos/acme/fraud/issues/comments/12" in gh.with_name("gh.log").read_text()


def test_a_base_branch_that_cannot_say_it_says_so(clone: Path) -> None:
    (clone / "platform/src/paved_road/cli/review.py").unlink()
    git(clone, "commit", "-q", "-a", "-m", "As it was")
    merged_into = git(clone, "rev-parse", "HEAD").strip()
    git(clone, "commit", "-q", "--allow-empty", "-m", "Merge")

    jobs = workflow.run(clone, ["review", "tell"], file=FILE, github=event())

    assert git(clone, "rev-parse", "HEAD").strip() == merged_into
    assert jobs["review"].result == "success", jobs
    assert "cannot say yet whose a change is: merge this first" in jobs["review"].summary
    assert jobs["tell"].result == "skipped"


@pytest.mark.parametrize(
    ("job", "before", "github", "variables", "result"),
    [
        ("tell", "review", event("somebody/fork"), {}, "skipped"),
        ("publish", "check", event("somebody/fork"), {}, "skipped"),
        ("publish", "check", event(visibility="private"), {}, "skipped"),
        ("publish", "check", event(visibility="private"), {"CODE_SCANNING": "true"}, "success"),
        ("publish", "check", event(), {}, "success"),
        ("publish", "check", event() | {"event_name": "push"}, {}, "success"),
    ],
)
def test_a_job_that_may_write_runs_only_where_it_is_allowed_to(
    generate: Callable[..., Path],
    job: str,
    before: str,
    github: dict[str, Any],
    variables: dict[str, str],
    result: str,
) -> None:
    ready = {"review": {"ready": "yes"}}

    jobs = workflow.run(generate(), [job], {before: "success"}, FILE, github=github, vars=variables, outputs=ready)

    assert jobs[job].result == result


def test_findings_are_reported_and_do_not_stop_the_report(clone: Path) -> None:
    text = (clone / "raci.yml").read_text().replace('paths: ["*"]', "paths: [/README.md]", 1)
    (clone / "raci.yml").write_text(text)

    jobs = workflow.run(clone, ["check"], file=FILE, github=event())

    assert jobs["check"].result == "success", jobs
    assert '"RACI005"' in (clone / ".road/raci.sarif").read_text()
