"""The template's releases, and what each of its versions says of files."""

import io
import re
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from packaging.version import InvalidVersion, Version
from paved_road.findings import problem

from fleet import git
from fleet.snapshot import ANSWERS, Unreadable

RULES = "docs/update-rules.md"


@dataclass(frozen=True)
class Release:
    """A version that repositories can be at.

    Attributes:
        name: the tag.
        version: as it is ordered.
        day: when it was made.
    """

    name: str
    version: Version
    day: datetime


@dataclass(frozen=True)
class Template:
    """The template's git repository on this machine."""

    folder: Path

    @cached_property
    def releases(self) -> list[Release]:
        """Every release, the oldest first; a prerelease is none.

        Raises:
            Problem: no repository, or one without a release.
        """
        try:
            listing = git.call(
                self.folder, "for-each-ref", "--format=%(refname:short) %(creatordate:unix)", "refs/tags"
            )
        except Unreadable as error:
            raise problem("FLEET003", f"{self.folder}: {error}", "name the template with --template") from error
        found = [release for line in listing.splitlines() if (release := _release(*line.rsplit(" ", 1)))]
        if not found:
            fact = f"{self.folder} has no release: none of its tags is a version"
            raise problem("FLEET003", fact, "fetch them: `git fetch --tags`, or name another with --template")
        return sorted(found, key=lambda release: release.version)

    @property
    def newest(self) -> Release:
        return self.releases[-1]

    @cached_property
    def sources(self) -> set[str]:
        """By what names repositories may have recorded this template."""
        try:
            remotes = git.call(self.folder, "config", "--get-regexp", r"^remote\..*\.url$").split("\n")
        except Unreadable:  # it has none
            remotes = []
        return {source(str(self.folder)), *(source(line.split(" ", 1)[1]) for line in remotes if " " in line)}

    def commit(self, version: str) -> str:
        """The commit of a version as an answers file records it: a tag, or what `git describe` makes of a branch.

        Raises:
            Unreadable: the template has no such commit.
        """
        try:
            return git.call(
                self.folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{version}^{{commit}}"
            ).strip()
        except Unreadable:
            raise Unreadable(f"the template has no version {version}") from None

    def base(self, version: str) -> Release | None:
        """The newest release that a version contains."""
        by_name = {release.name: release for release in self.releases}
        described = re.sub(r"-\d+-g[0-9a-f]+$", "", version)
        if described in by_name:
            return by_name[described]
        try:
            merged = git.call(self.folder, "tag", "--merged", self.commit(version)).split()
        except Unreadable:
            return None
        return next((release for release in reversed(self.releases) if release.name in merged), None)

    def unpack(self, commit: str, folder: Path) -> None:
        """Put a version's files into a folder."""
        archive = git.archive(self.folder, commit)
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")


def _release(name: str, seconds: str) -> Release | None:
    try:
        version = Version(name)
    except InvalidVersion:
        return None
    return None if version.is_prerelease else Release(name, version, datetime.fromtimestamp(int(seconds), UTC))


def source(text: str) -> str:
    """A template's address, however it is written: with a scheme or a short one, with ``.git`` or without."""
    text = re.sub(r"^gh:", "github.com/", re.sub(r"^gl:", "gitlab.com/", text.strip().removeprefix("git+")))
    text = re.sub(r"^git@([^:]+):", r"\1/", text)
    text = re.sub(r"^[a-z+]+://(?:[^/@]*@)?", "", text)
    return text.rstrip("/").removesuffix(".git").rstrip("/").lower()


@dataclass(frozen=True)
class Rules:
    """The rows of docs/update-rules.md: what an update does to each file."""

    rows: tuple[tuple[str, str], ...]

    def replaced(self, path: str) -> bool:
        """Whether a file is the platform's, so that nobody else edits it."""
        fitting = [(len(pattern), update) for pattern, update in self.rows if _fits(pattern, path)]
        return path != ANSWERS and max(fitting, default=(0, ""))[1] == "replaces"


def rules(text: str) -> Rules:
    """Read the table."""
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\| `.*$", text, re.MULTILINE)]
    return Rules(tuple((pattern, row[2]) for row in rows for pattern in re.findall(r"`([^`]+)`", row[0])))


def _fits(pattern: str, path: str) -> bool:
    return fnmatchcase(path, f"{pattern}*" if pattern.endswith("/") else pattern)
