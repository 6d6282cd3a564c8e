"""The table in docs/update-rules.md: whose each file is, and what an update does to it."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Rule:
    """A row of the table."""

    patterns: tuple[str, ...]
    whose: str
    update: str

    def covers(self, path: str) -> int:
        """How long the pattern is that fits a path; 0 if none does."""
        return max((len(each) for each in self.patterns if fits(each, path)), default=0)


def fits(pattern: str, path: str) -> bool:
    return fnmatchcase(path, f"{pattern}*" if pattern.endswith("/") else pattern)


@cache
def table() -> list[Rule]:
    text = (ROOT / "docs" / "update-rules.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in re.findall(r"^\| `.*$", text, re.MULTILINE)]
    return [Rule(tuple(re.findall(r"`([^`]+)`", files)), whose, update) for files, whose, update, _ in rows]


def rules_of(path: str) -> list[Rule]:
    """The rows whose pattern fits a path best."""
    best = max(rule.covers(path) for rule in table())
    return [rule for rule in table() if rule.covers(path) == best > 0]


def rule_of(path: str) -> Rule:
    (rule,) = rules_of(path)
    return rule


def files(folder: Path) -> list[str]:
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if path.parts[0] != ".git")


def under(folder: Path, update: str) -> list[str]:
    """The files in a project that an update treats so."""
    return [path for path in files(folder) if rule_of(path).update == update]
