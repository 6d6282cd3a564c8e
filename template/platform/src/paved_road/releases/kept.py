"""Handed-over versions, brought back from git: whole folders under ``.road/releases/``, and a link to the live one."""

import os
from pathlib import Path

from paved_road import files, history
from paved_road.findings import Problem, problem
from paved_road.handoff.folder import fetch
from paved_road.handoff.manifest import PATH, Manifest, load
from paved_road.handoff.oci import intact
from paved_road.handoff.provenance import signature
from paved_road.handoff.provenance.bundle import NAMES
from paved_road.project import Project
from paved_road.releases.records import Record
from paved_road.stores import artifacts

_HANDOFF = Path(PATH).parent.name


def bring_back(here: Project, record: Record) -> Path:
    """The handoff folder of a version, verified; nothing is built.

    Raises:
        Problem: git or the artifact store no longer has it, or it is not what was released.
    """
    folder = here.state / "releases" / record.tag
    try:
        _verify(here, folder, record)
    except Problem:
        with files.staged_folder(folder) as staged:
            _fill(here, staged, record)
            _verify(here, staged, record)
    return folder


def live(here: Project, environment: str) -> Path:
    """The link to the folder that an environment serves; a server that is given it follows every move."""
    return here.state / "live" / environment


def follow(here: Project, environment: str, folder: Path) -> bool:
    """Let the link of an environment lead to a version, at once; whether that changed anything."""
    link = live(here, environment)
    link.parent.mkdir(parents=True, exist_ok=True)
    target = os.path.relpath(folder, link.parent)
    if link.is_symlink() and os.readlink(link) == target:
        return False
    fresh = link.with_name(f".{link.name}{files.UNFINISHED}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    os.replace(fresh, link)
    return True


def _verify(here: Project, folder: Path, record: Record) -> Manifest:
    manifest = intact(folder)
    if manifest.seal != record.seal:
        raise _other(record)
    key = signature.required_key(here, None, False)
    findings = [said for said in signature.check(folder, manifest, key) if not isinstance(said, str)]
    if findings:
        raise Problem(*findings)
    return manifest


def _fill(here: Project, folder: Path, record: Record) -> None:
    commit = _commit(here, record)
    _copy(here, commit, "manifest.json", folder)
    manifest = load(folder)
    for name in (*NAMES, *(file.path for file in manifest.files if file.kept == "git")):
        _copy(here, commit, name, folder)
    fetch(folder, manifest, artifacts.open(artifacts.location(here)))


def _copy(here: Project, commit: str, name: str, folder: Path) -> None:
    content = history.read(here.root, commit, f"{_HANDOFF}/{name}")
    if content is not None:
        (folder / name).write_bytes(content)


def _commit(here: Project, record: Record) -> str:
    """The commit that is recorded; after a rebase, whichever one holds the same manifest."""
    log = history.ask(here.root, "log", "--all", "--format=%H", "--", PATH)
    seal = f'"{record.seal}"'.encode()
    for commit in (record.commit, *log.stdout.decode().split()):
        known = history.ask(here.root, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0
        if known and seal in (history.read(here.root, commit, PATH) or b""):
            return commit
    fact = f"git does not have the handoff of {record.version} (commit {record.commit[:12]})"
    raise problem("RELEASE006", fact, "fetch it: `git fetch --unshallow origin`, or `git fetch origin`", path=PATH)


def _other(record: Record) -> Problem:
    fact = f"the handoff in commit {record.commit[:12]} is not {record.version} as it was released"
    return problem("RELEASE006", fact, "find the commit with that seal: `git log -p -- handoff/manifest.json`")
