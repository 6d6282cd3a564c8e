"""``.github/CODEOWNERS`` from ``raci.yml``. Copier renders the same template at first copy."""

from itertools import zip_longest
from pathlib import Path

import msgspec
from jinja2 import Environment, StrictUndefined

from paved_road import files
from paved_road.findings import Finding, Problem, refused
from paved_road.ownership.lint import check_matrix
from paved_road.ownership.raci import Raci

PATH = ".github/CODEOWNERS"
_TEMPLATE = Path(__file__).with_name("codeowners.j2")


def render(raci: Raci) -> str:
    """The text of CODEOWNERS.

    Raises:
        Problem: `raci` breaks a rule, so nobody could say whose a file is.
    """
    findings = check_matrix(raci)
    if refused(findings):
        raise Problem(*(finding for finding in findings if finding.level == "error"))
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(raci=msgspec.to_builtins(raci))


def drift(root: Path, text: str) -> list[Finding]:
    """How the file in a repository differs from `text`: nothing, or one finding at the first line that does."""
    remedy = "run `road raci sync`"
    try:
        present = (root / PATH).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return [Finding(code="OWNERS001", fact="is missing", remedy=remedy, path=PATH)]
    for number, (has, should) in enumerate(zip_longest(present.splitlines(), text.splitlines()), start=1):
        if has != should:
            fact = f"says {_quoted(has)}, raci.yml says {_quoted(should)}"
            return [Finding(code="OWNERS001", fact=fact, remedy=remedy, path=PATH, line=number)]
    return []


def _quoted(line: str | None) -> str:
    return "nothing" if not line else f"`{line}`"


def write(root: Path, text: str) -> None:
    """Put the file in place at once, so that a reader never sees half of it."""
    files.write(root / PATH, text.encode())
