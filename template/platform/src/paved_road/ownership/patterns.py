"""CODEOWNERS patterns: which of them GitHub reads, and what they match."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache

_UNSUPPORTED = (
    (re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f]"), "has a tab, a line break or a control character", "leave it out"),
    (re.compile(r"^!"), "begins with !, and GitHub cannot exclude", "name another owner for those files further down"),
    (re.compile(r"^[A-Za-z]:|\\(?=[\w.-])"), "is written as on Windows", "write / between folders, from the root"),
    (re.compile(r"[\[\]]"), "has [ or ], and GitHub has no character ranges", "write one pattern for each, or use *"),
    (re.compile(r"\{.*,.*\}|[?*+@!]\("), "has alternatives, which GitHub does not have", "write one pattern for each"),
    (re.compile(r"(^|/)\.\.?(/|$)|//"), "has ./, ../ or //, which match no file", "write it from the root: /src/"),
    (re.compile(r"\\(?! )"), "has a backslash that escapes no space", "leave it out"),
    (re.compile(r"(?<!\\) "), "has a space, and what follows would be read as an owner", r"write it as '\ '"),
    (re.compile(r"\*\*/$"), "ends in **/, which not every reader understands alike", "end it in / to own all below"),
    (re.compile(r"\*{3}"), "has three * in a row", "write * within a folder, ** across folders"),
    (re.compile(r"^#|\\ #"), "begins a comment with #", "use ? in place of #"),
)
_SPECIAL = re.compile(r"[*?\\]")
_LAST = chr(0x10FFFF)


def unsupported(pattern: str) -> tuple[str, str] | None:
    """Why GitHub would not read a pattern as meant, and what to do; None if it would."""
    for sign, fact, remedy in _UNSUPPORTED:
        if sign.search(pattern):
            return fact, remedy
    return None


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern owns a file.

    Args:
        pattern: as in CODEOWNERS; ``/docs/*`` owns the files of a folder, ``/docs/`` those of its subfolders too.
        path: from the repository's root, with forward slashes; a folder ends in one.
    """
    # Cheaper than an expression, and enough for most patterns of a long file.
    start = _SPECIAL.split(pattern, maxsplit=1)[0].strip("/") if anchored(pattern) else ""
    return path.startswith(start) and _expression(pattern).search(path) is not None


def anchored(pattern: str) -> bool:
    """Whether a pattern speaks of one place, from the root, rather than of a name in any folder."""
    return "/" in pattern.rstrip("/") and not pattern.startswith("**/")


class Files:
    """Many files that are asked about many patterns: a pattern is tried only on those that it can match."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(paths)

    def matching(self, pattern: str) -> list[int]:
        """Positions in `paths` of the files that a pattern owns."""
        search = _expression(pattern).search
        return [position for position in self._candidates(pattern) if search(self.paths[position])]

    def _candidates(self, pattern: str) -> Iterable[int]:
        head = _SPECIAL.split(pattern, maxsplit=1)[0]
        if anchored(pattern):
            start = head.lstrip("/")
            return range(bisect_left(self.paths, start), bisect_left(self.paths, start + _LAST))
        name = pattern.strip("/")
        if not name.strip("*") or "/" in name or "\\" in name:
            return range(len(self.paths))
        return sorted({position for segment in self._like(name) for position in self._by_segment[segment]})

    def _like(self, name: str) -> Iterable[str]:
        """The segments that begin, or else end, as the name of a file or folder does."""
        head, tail = _SPECIAL.split(name, maxsplit=1)[0], _SPECIAL.split(name)[-1]
        if head == name:
            return [name] if name in self._by_segment else []
        if head or not tail:
            return _beginning(self._segments, head)
        return (segment[::-1] for segment in _beginning(self._reversed, tail[::-1]))

    @cached_property
    def _by_segment(self) -> dict[str, list[int]]:
        positions = defaultdict(list)
        for position, path in enumerate(self.paths):
            for segment in set(path.split("/")):
                positions[segment].append(position)
        return dict(positions)

    @cached_property
    def _segments(self) -> list[str]:
        return sorted(self._by_segment)

    @cached_property
    def _reversed(self) -> list[str]:
        return sorted(segment[::-1] for segment in self._by_segment)


def _beginning(names: list[str], start: str) -> list[str]:
    """Of sorted names those that begin with `start`."""
    return names[bisect_left(names, start) : bisect_left(names, start + _LAST)]


@lru_cache(maxsize=2**15)
def _expression(pattern: str) -> re.Pattern[str]:
    from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

    expression, _ = GitIgnoreBasicPattern.pattern_to_regex(pattern)
    return re.compile(str(expression) if expression else r"(?!)", re.DOTALL)
