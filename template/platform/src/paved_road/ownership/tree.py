"""The repository that ownership is about: its files, and which pattern wins each."""

import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from paved_road.findings import problem
from paved_road.ownership.patterns import Files
from paved_road.ownership.raci import Activity, Raci


@dataclass(frozen=True)
class Tree:
    """The repository.

    Attributes:
        root: its folder.
        files: what git tracks in it, from the root.
    """

    root: Path
    files: list[str]


@dataclass(frozen=True)
class Claim:
    """What one pattern of an activity gets.

    Attributes:
        activity: whose pattern it is.
        pattern: as it is written.
        matched: positions of the files that it matches.
        winners: positions, in the list of claims, of those that have these files in the end.
    """

    activity: Activity
    pattern: str
    matched: list[int]
    winners: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Ownership:
    """A matrix held against a repository; of all patterns the last that matches a file wins."""

    raci: Raci
    tree: Tree

    @cached_property
    def files(self) -> list[str]:
        """The tracked files, in order."""
        return self._files.paths

    @cached_property
    def claims(self) -> list[Claim]:
        """Every pattern and what it gets, in the order of the file."""
        found = [Claim(activity, pattern, self._files.matching(pattern)) for activity, pattern in self.raci.patterns]
        winner = {file: number for number, claim in enumerate(found) for file in claim.matched}
        for claim in found:
            claim.winners.update(winner[file] for file in claim.matched)
        return found

    @cached_property
    def unowned(self) -> list[str]:
        """Files that no pattern matches."""
        owned = {file for claim in self.claims for file in claim.matched}
        return [path for file, path in enumerate(self.files) if file not in owned]

    @cached_property
    def _files(self) -> Files:
        return Files(self.tree.files)


def tracked(root: Path) -> list[str]:
    """The files that git tracks below a folder.

    Raises:
        Problem: git is not installed, or the folder is in no repository.
    """
    try:
        listing = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=False)
    except FileNotFoundError:
        raise problem("RACI017", "git is not installed, so nobody knows which files there are", "install it") from None
    if listing.returncode != 0:
        said = listing.stderr.decode(errors="replace").strip().splitlines() or ["git gave no reason"]
        raise problem("RACI017", f"git does not list the files: {said[0]}", "run `git init`, or mend what git says")
    return [name for name in listing.stdout.decode(errors="replace").split("\0") if name]
