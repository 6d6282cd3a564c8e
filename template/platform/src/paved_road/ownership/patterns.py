"""CODEOWNERS patterns: which of them GitHub reads, and what they match."""

import re
from functools import lru_cache

_UNSUPPORTED = (
    (re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f]"), "has a tab, a line break or a control character", "leave it out"),
    (re.compile(r"^!"), "begins with !, and GitHub cannot exclude", "name another owner for those files further down"),
    (re.compile(r"[\[\]]"), "has [ or ], and GitHub has no character ranges", "write one pattern for each, or use *"),
    (re.compile(r"\\(?! )"), "has a backslash that escapes no space", "leave it out"),
    (re.compile(r"(?<!\\) "), "has a space, and what follows would be read as an owner", r"write it as '\ '"),
    (re.compile(r"\*\*/$"), "ends in **/, which not every reader understands alike", "end it in / to own all below"),
    (re.compile(r"^#|\\ #"), "begins a comment with #", "use ? in place of #"),
)


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
    return _expression(pattern).search(path) is not None


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    from pathspec.patterns.gitignore.basic import GitIgnoreBasicPattern

    expression, _ = GitIgnoreBasicPattern.pattern_to_regex(pattern)
    return re.compile(str(expression) if expression else r"(?!)", re.DOTALL)
