"""How every check speaks: a code, a place, a fact and a remedy."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec

Level = Literal["error", "warning", "note"]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a check found.

    Attributes:
        code: stable identifier, for instance ``RACI001``.
        fact: what is the case, in plain words.
        remedy: what to do about it.
        path: file that it is about, relative to the repository's root.
        line: line in that file, counted from 1.
        level: ``error`` refuses, ``warning`` and ``note`` do not.
    """

    code: str
    fact: str
    remedy: str = ""
    path: str = ""
    line: int | None = None
    level: Level = "error"

    @property
    def place(self) -> str:
        """Where to look: ``path:line``, ``path`` or nothing."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path


class Problem(Exception):
    """Work cannot go on; carries the findings that say why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.fact for finding in findings))
        self.findings = findings


def problem(code: str, fact: str, remedy: str = "", *, path: str = "", line: int | None = None) -> Problem:
    """A `Problem` with a single finding."""
    return Problem(Finding(code=code, fact=fact, remedy=remedy, path=path, line=line))


def short(text: str, most: int = 300) -> str:
    """A text as a message can carry it: of a long one the beginning and the end."""
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


def refused(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.level == "error" for finding in findings)


def require(found: Iterable[Finding]) -> None:
    """Go on only if no finding is an error.

    Raises:
        Problem: with all of them.
    """
    findings = tuple(found)
    if refused(findings):
        raise Problem(*findings)


def as_text(findings: Sequence[Finding]) -> str:
    """Findings for a person: place, code and fact on one line, the remedy below."""
    lines = []
    for finding in findings:
        level = "" if finding.level == "error" else f"{finding.level}: "
        head = "  ".join(part for part in (finding.place, finding.code) if part) + "  "
        lines.append(f"{head}{level}{_shown(finding.fact)}")
        if finding.remedy:
            lines.append(" " * len(head) + finding.remedy)
    return "\n".join(lines)


def _shown(text: str) -> str:
    """A text as a terminal can show it: not endless, and without what would move its cursor or change its colours."""
    return _CONTROL.sub(lambda sign: repr(sign[0])[1:-1], short(text, 1_000))


def as_json(findings: Sequence[Finding], **more: Any) -> str:
    """Findings for a machine: ``{"ok": …, "findings": […], …}``."""
    document = {"ok": not refused(findings), "findings": [msgspec.to_builtins(f) for f in findings], **more}
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_sarif(findings: Sequence[Finding], rules: Mapping[str, str], version: str, elsewhere: str) -> str:
    """Findings for a code scanner, as SARIF 2.1.0.

    Args:
        findings: what was found.
        rules: what each code stands for; a code that is not among them stands for itself.
        version: of this tool.
        elsewhere: file that a finding without one is shown at, for a scanner shows nothing that has no place.
    """
    codes = [*rules, *dict.fromkeys(finding.code for finding in findings if finding.code not in rules)]
    driver = {
        "name": "road",
        "version": version,
        "rules": [{"id": code, "shortDescription": {"text": rules.get(code, code)}} for code in codes],
    }
    results = [_sarif_result(finding, codes.index(finding.code), elsewhere) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_result(finding: Finding, rule: int, elsewhere: str) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": quote(finding.path or elsewhere), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": finding.line or 1},
    }
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": f"{finding.fact}: {finding.remedy}" if finding.remedy else finding.fact},
        "locations": [{"physicalLocation": place}],
    }
