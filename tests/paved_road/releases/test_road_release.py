"""`road release`: what a move changes, and which moves are refused."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from paved_road import project
from paved_road.findings import Problem, problem
from paved_road.releases import moves, registered

from .conftest import KUSTOMIZATION, OVERLAY, RECORDS, Repository


# What a move does -------------------------------------------------------------
def test_promote_writes_who_when_and_why_and_the_images_tag(repository: Repository) -> None:
    evidence = repository.hands_over("1.2.0")

    done = repository.promote("better recall on small amounts")

    (record,) = repository.records
    version = f"1.2.0+{evidence.artifact.file.sha256[:12]}"
    assert done.exit_code == 0, done.stderr
    assert f"{version} is live in prod\nby Ada <ada@example.com>: better recall on small amounts" in done.stdout
    assert record["by"] == "Ada <ada@example.com>"
    assert record["why"] == "better recall on small amounts"
    assert record["commit"] == repository.git("rev-parse", "HEAD")
    assert record["seal"] == evidence.seal
    tag = f"{version.replace('+', '-')}-{evidence.seal[:8]}"
    assert repository.read(KUSTOMIZATION) == OVERLAY.replace("not-released-yet", tag)


def test_the_link_that_a_server_follows_leads_to_what_is_live(repository: Repository) -> None:
    repository.releases("1.0.0")
    first = repository.live

    repository.releases("1.1.0")

    assert (first, repository.live) == ("1.0.0", "1.1.0")


def test_rollback_makes_the_version_before_live_again_and_builds_nothing(repository: Repository) -> None:
    old, new = repository.releases("1.0.0", "1.1.0")
    handoff = {path.name: path.read_bytes() for path in (repository.root / "handoff").iterdir()}

    done = repository.rollback()

    record = repository.records[-1]
    assert done.exit_code == 0, done.stderr
    assert "is live again in prod, instead of 1.1.0+" in done.stdout
    assert (record["move"], record["seal"], repository.live) == ("rollback", old.seal, "1.0.0")
    assert old.seal[:8] in repository.read(KUSTOMIZATION)
    assert {path.name: path.read_bytes() for path in (repository.root / "handoff").iterdir()} == handoff
    assert new.seal in handoff["manifest.json"].decode()


def test_going_back_twice_goes_back_two_versions(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0", "1.2.0")
    repository.rollback()
    repository.commit()

    repository.rollback()

    assert repository.live == "1.0.0"
    assert [record["move"] for record in repository.records] == ["promote"] * 3 + ["rollback"] * 2


def test_a_version_that_was_gone_back_from_is_not_gone_back_to(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0")
    repository.rollback()
    repository.commit()
    repository.releases("1.2.0")

    repository.rollback()

    assert repository.live == "1.0.0"


def test_rollback_goes_to_the_version_that_is_named(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0", "1.2.0")

    done = repository.rollback("--version", "1.0")

    assert (done.exit_code, repository.live) == (0, "1.0.0")


def test_rollback_needs_only_git_where_nothing_was_kept(repository: Repository, tmp_path: Path) -> None:
    repository.releases("1.0.0", "1.1.0")
    repository.git("clone", "-q", str(repository.root), str(tmp_path / "clone"))
    here = repository.here
    clone = Repository(tmp_path / "clone", type(here)(tmp_path / "clone", here.monkeypatch, here.capsys))

    done = clone.rollback()

    assert (done.exit_code, clone.live) == (0, "1.0.0"), done.stderr


def test_the_commit_may_have_been_rebased_since(repository: Repository) -> None:
    repository.hands_over("1.0.0")
    repository.promote()
    repository.git("reset", "-q", "--soft", "HEAD~1")
    repository.commit("Squash the handoff and its release")
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "-q", "--prune=now")
    repository.releases("1.1.0")
    (repository.root / ".road" / "releases").rename(repository.root / ".road" / "lost")

    done = repository.rollback()

    assert (done.exit_code, repository.live) == (0, "1.0.0"), done.stderr


def test_the_registry_is_told_of_every_move(repository: Repository, told: list[Any]) -> None:
    repository.releases("1.0.0", "1.1.0")

    repository.rollback()

    assert [(name, record.move) for name, record in told] == [
        ("prod", "promote"),
        ("prod", "promote"),
        ("prod", "rollback"),
    ]


def test_rollback_does_not_wait_for_a_registry_that_is_away(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.releases("1.0.0", "1.1.0")
    monkeypatch.setattr(registered, "tell", away)

    done = repository.rollback()

    assert (done.exit_code, repository.live) == (0, "1.0.0")
    assert "REGISTRY001  warning: the registry could not be asked" in done.stdout
    assert "run `road release sync` when the registry is back" in done.stdout


def test_promote_changes_nothing_when_the_registry_is_away(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.releases("1.0.0")
    repository.hands_over("1.1.0")
    before = repository.state
    monkeypatch.setattr(registered, "tell", away)

    done = repository.promote()

    assert (done.exit_code, repository.state) == (1, before)
    assert "the registry could not be asked" in done.stderr


def away(*arguments: Any) -> None:
    raise problem("REGISTRY001", "the registry could not be asked")


def test_sync_lets_the_link_follow_what_a_colleague_moved(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0")
    live = repository.root / ".road/live/prod"
    live.unlink()

    done = repository.road("sync")

    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("prod serves .road/releases/1.1.0-")
    assert repository.live == "1.1.0"


# What is refused --------------------------------------------------------------
def test_a_move_without_a_reason_is_refused(repository: Repository) -> None:
    repository.hands_over("1.0.0")

    without, empty = repository.road("promote"), repository.promote("  ")

    assert (without.exit_code, empty.exit_code) == (2, 1)
    assert "Missing option '--reason'" in without.stderr
    assert "RELEASE001  the reason is empty, too long or not plain text" in empty.stderr


@pytest.mark.parametrize("versions", [(), ("1.0.0",)])
def test_rollback_refuses_when_there_is_nothing_to_go_back_to(
    repository: Repository, versions: tuple[str, ...]
) -> None:
    repository.releases(*versions)

    done = repository.rollback()

    assert done.exit_code == 1
    assert "RELEASE007  no version was live in prod before" in done.stderr


def test_rollback_refuses_a_version_that_never_was_live(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0")

    done = repository.rollback("--version", "0.9")

    assert done.exit_code == 1
    assert "0.9 was not live in prod before the present version\n" in done.stderr
    assert "one of 1.0.0+" in done.stderr


def test_promote_refuses_what_is_live_already(repository: Repository) -> None:
    repository.releases("1.0.0")
    before = repository.state

    done = repository.promote()

    assert (done.exit_code, repository.state) == (1, before)
    assert "RELEASE005  1.0.0+" in done.stderr
    assert "is live in prod since" in done.stderr


def test_promote_refuses_a_handoff_that_does_not_verify(repository: Repository) -> None:
    repository.releases("1.0.0")
    repository.hands_over("1.1.0")
    before = repository.state
    artifact = next((repository.root / "handoff").glob("model-*"))
    artifact.write_bytes(artifact.read_bytes()[:-1] + b"!")

    done = repository.promote()

    assert (done.exit_code, repository.state) == (1, before)
    assert "artifact: model has digest" in done.stderr


def test_promote_refuses_a_handoff_that_is_not_committed(repository: Repository) -> None:
    repository.releases("1.0.0")
    repository.hands_over("1.1.0")
    repository.git("reset", "-q", "--mixed", "HEAD~1")

    done = repository.promote()

    assert done.exit_code == 1
    assert "handoff/manifest.json  GIT003  is not committed as it stands" in done.stderr


def test_rollback_refuses_a_version_that_git_no_longer_has_whole(repository: Repository) -> None:
    old, _ = repository.releases("1.0.0", "1.1.0")
    before = repository.state
    kept = next((repository.root / ".road" / "releases").glob("1.0.0-*"))
    (kept / old.artifact.file.path).write_bytes(b"another model")
    commit = json.loads(repository.read(RECORDS).splitlines()[0])["commit"]
    blob = repository.git("rev-parse", f"{commit}:handoff/{old.artifact.file.path}")
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    done = repository.rollback()

    assert (done.exit_code, repository.state) == (1, before)
    assert "GIT004" in done.stderr


def test_a_kept_version_that_was_changed_is_brought_back_from_git(repository: Repository) -> None:
    old, _ = repository.releases("1.0.0", "1.1.0")
    kept = next((repository.root / ".road" / "releases").glob("1.0.0-*"))
    content = (kept / old.artifact.file.path).read_bytes()
    (kept / old.artifact.file.path).write_bytes(b"another model")

    done = repository.rollback()

    assert done.exit_code == 0, done.stderr
    assert (kept / old.artifact.file.path).read_bytes() == content


def test_rollback_says_what_to_fetch_when_git_does_not_have_the_version(repository: Repository, tmp_path: Path) -> None:
    repository.releases("1.0.0", "1.1.0")
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth", "1", repository.root.as_uri(), str(shallow))
    here = repository.here
    clone = Repository(shallow, type(here)(shallow, here.monkeypatch, here.capsys))

    done = clone.rollback()

    assert done.exit_code == 1
    assert "RELEASE006  git does not have the handoff of 1.0.0+" in done.stderr
    assert "git fetch --unshallow origin" in done.stderr


@pytest.mark.parametrize("path", [KUSTOMIZATION, RECORDS, "deploy/overlays/prod/patch.yaml"])
def test_a_move_is_refused_while_something_in_the_environment_is_not_committed(
    repository: Repository, path: str
) -> None:
    repository.releases("1.0.0", "1.1.0")
    if path == RECORDS:
        repository.rollback()  # a move that nobody committed
    else:
        file = repository.root / path
        repository.here.write(path, (file.read_text() if file.exists() else "") + "# mine\n")

    done = repository.rollback()

    assert done.exit_code == 1
    assert "deploy/overlays/prod  RELEASE004  has changes that are not committed" in done.stderr


@pytest.mark.parametrize("verb", ["promote", "rollback"])
def test_a_tag_that_somebody_wrote_by_hand_is_refused(repository: Repository, verb: str) -> None:
    repository.releases("1.0.0", "1.1.0")
    tag = f"newTag: 1.1.0-{repository.records[-1]['version'][6:]}-{repository.records[-1]['seal'][:8]}"
    text = repository.read(KUSTOMIZATION)
    assert tag in text
    repository.here.write(KUSTOMIZATION, text.replace(tag, "newTag: latest"))
    repository.commit("Hurry")

    done = repository.road(verb, "--reason", "why not")

    assert done.exit_code == 1
    assert f"{KUSTOMIZATION}  RELEASE004  newTag is latest, and the last record says 1.1.0-" in done.stderr


def test_two_moves_at_once_are_refused(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0")
    before = repository.state

    with FileLock(repository.root / ".road" / "release.lock"):
        done = repository.rollback()

    assert (done.exit_code, repository.state) == (1, before)
    assert "LOCK001  another `road release` is writing in this repository" in done.stderr


def test_two_moves_in_two_clones_meet_as_a_conflict(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0", "1.2.0")
    repository.git("branch", "theirs")
    repository.rollback("--version", "1.1")
    repository.commit()
    repository.git("switch", "-q", "theirs")
    repository.rollback("--version", "1.0")
    repository.commit()

    with pytest.raises(subprocess.CalledProcessError, match="merge"):
        repository.git("merge", "-q", "main")

    assert RECORDS in repository.git("diff", "--name-only", "--diff-filter=U")


def test_training_keeps_nobody_from_going_back(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0")

    with FileLock(repository.root / ".road" / "lock"):
        done = repository.rollback()

    assert done.exit_code == 0, done.stderr


def test_an_environment_that_is_not_there_is_refused(repository: Repository) -> None:
    repository.hands_over("1.0.0")

    done = repository.road("promote", "--to", "staging", "--reason", "try")

    assert done.exit_code == 1
    assert "deploy/overlays/staging/kustomization.yaml  RELEASE003  there is no such environment" in done.stderr
    assert "(prod)" in done.stderr


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("images: [", "is not YAML"),
        ("resources: [../../base]\nimages: []\n", "0 images have a `newTag`"),
        ("resources: [../../base]\nimages: [{newTag: a}, {newTag: b}]\n", "2 images have a `newTag`"),
        ("resources: [../../jobs/score]\nimages: [{newTag: a}]\n", "this overlay deploys no server"),
    ],
)
def test_an_overlay_that_says_no_tag_in_one_place_is_refused(repository: Repository, text: str, fact: str) -> None:
    repository.hands_over("1.0.0")
    repository.here.write(KUSTOMIZATION, text)
    repository.commit()

    done = repository.promote()

    assert done.exit_code == 1
    assert f"RELEASE003  {fact}" in done.stderr


# Records ----------------------------------------------------------------------
def edited(lines: list[str]) -> list[str]:
    return [lines[0].replace("promote 1.0.0", "another reason"), *lines[1:]]


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (edited, f"{RECORDS}:2  RELEASE002  does not follow the line before it"),
        (lambda lines: lines[1:], f"{RECORDS}:1  RELEASE002  does not follow the line before it"),
        (lambda lines: [lines[0], lines[2], lines[1]], f"{RECORDS}:2  RELEASE002  does not follow"),
        (lambda lines: [*lines, "{}"], f"{RECORDS}:4  RELEASE002  is no record of a move"),
        (lambda lines: ["<<<<<<< ours", *lines], f"{RECORDS}:1  RELEASE002  is no record of a move"),
    ],
)
@pytest.mark.parametrize("verb", ["promote", "rollback", "status"])
def test_records_that_were_edited_are_refused(repository: Repository, change: Any, fact: str, verb: str) -> None:
    repository.releases("1.0.0", "1.1.0", "1.2.0")
    lines = change(repository.read(RECORDS).splitlines())
    repository.here.write(RECORDS, "\n".join(lines) + "\n")
    repository.commit()

    done = repository.road(verb, *(["--offline"] if verb == "status" else ["--reason", "why not"]))

    assert done.exit_code == 1
    assert fact in done.stderr


def test_records_that_are_shorter_than_what_was_merged_are_refused(repository: Repository) -> None:
    repository.releases("1.0.0", "1.1.0")
    kept = repository.read(RECORDS).splitlines(keepends=True)[0]
    text = repository.git("show", "HEAD~2:" + KUSTOMIZATION)
    repository.git("switch", "-q", "-c", "shorter")
    repository.here.write(RECORDS, kept)
    repository.here.write(KUSTOMIZATION, text + "\n")
    repository.commit("Forget")

    done = repository.road("status", "--offline")

    assert done.exit_code == 1
    assert f"{RECORDS}  RELEASE002  differs from the 2 records that were merged" in done.stdout


# Status -----------------------------------------------------------------------
def test_status_says_what_is_live_and_where_rollback_leads(repository: Repository) -> None:
    old, new = repository.releases("1.0.0", "1.1.0")

    done = repository.road("status", "--offline")

    assert done.exit_code == 0, done.stderr
    assert f"prod: 1.1.0+{new.artifact.file.sha256[:12]} since " in done.stdout
    assert f"rollback    to 1.0.0+{old.artifact.file.sha256[:12]}" in done.stdout
    assert "Ada <ada@example.com>: promote 1.0.0" in done.stdout


def test_status_before_the_first_release(repository: Repository) -> None:
    done = repository.road("status", "--offline")

    assert (done.exit_code, done.stdout) == (0, "prod: nothing was released yet\n")


def test_an_overlay_of_something_else_is_no_environment(repository: Repository) -> None:
    repository.here.write("deploy/overlays/score/kustomization.yaml", "resources: [../../jobs/score]\n")

    done = repository.road("status", "--offline")

    assert (done.exit_code, done.stdout) == (0, "prod: nothing was released yet\n")


def test_status_says_when_the_registry_says_something_else(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.releases("1.0.0")
    monkeypatch.setattr(registered, "champion", lambda here, model: None)

    done = repository.road("status")

    assert done.exit_code == 0
    assert "RELEASE008  warning: the registry's champion is none, and prod serves 1.0.0+" in done.stdout


def test_every_check_of_the_handoff_is_held_before_it_is_promoted(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    repository.hands_over("1.0.0")

    with pytest.raises(Problem) as refusal:
        moves.promote(project.find(repository.root), "prod", "it is better")

    assert "contract: its digest is not that of the promise" in str(refusal.value)
