"""``docs/model-card.md``: the manifest for those who read Markdown, after Mitchell et al. (2019)."""

import re
from itertools import zip_longest
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from paved_road.findings import Finding
from paved_road.handoff.manifest import Manifest
from paved_road.handoff.report import facts

PATH = "docs/model-card.md"
_REMEDY = "run `road handoff card`"


def render(manifest: Manifest) -> str:
    """The card as text. It follows from the manifest alone, so that a shallow clone derives the same."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain,
    )
    return environment.get_template("card.md.j2").render(facts=facts.collect(manifest))


def drift(root: Path, text: str) -> list[Finding]:
    """How the card in a repository differs from `text`: nothing, or one finding at the first line that does."""
    try:
        present = (root / PATH).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return [Finding(code="CARD001", fact="is missing, and a model was handed over", remedy=_REMEDY, path=PATH)]
    for line, (has, should) in enumerate(zip_longest(present.splitlines(), text.splitlines()), start=1):
        if has != should:
            fact = "differs from what handoff/manifest.json says"
            return [Finding(code="CARD001", fact=fact, remedy=_REMEDY, path=PATH, line=line)]
    return []


def _plain(value: Any) -> Any:
    """Text that means itself in Markdown: no markup, no HTML, one line."""
    text = re.sub(r"\s+", " ", str(value)).strip(" ")
    return re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", text)
