"""Every page that people read: of this repository, and of the repositories that it generates."""

from dataclasses import dataclass
from pathlib import Path

from fleet.copying import copy
from markdown_it import MarkdownIt
from markdown_it.token import Token
from working_tree import ROOT, copied

OWN = ("*.md", "docs/**/*.md", "portal/**/*.md", "fleet/**/*.md", "renovate/**/*.md", ".github/**/*.md")
ANSWERS = ({"cloud": "aws"}, {"cloud": "gcp", "framework": "pytorch"}, {"cloud": "azure", "framework": "xgboost"})
"""Between them every page of a generated repository, in every form that has commands of its own."""


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        root: of the repository that it stands in.
        file: where it is.
        text: what it says.
    """

    root: Path
    file: Path
    text: str

    @property
    def tokens(self) -> list[Token]:
        """What Markdown makes of it."""
        return MarkdownIt().enable("table").parse(self.text)

    def says(self, place: int | Token) -> str:
        """Where something stands in it, for a message."""
        line = place if isinstance(place, int) else (place.map or [0])[0] + 1
        return f"{self.file.relative_to(self.root)}:{line}"


def pages(folder: Path) -> list[Page]:
    """All of them; a page that several generated repositories have alike is given once.

    Args:
        folder: a fresh one, for the generated repositories.
    """
    found = [
        Page(ROOT, file, file.read_text(encoding="utf-8")) for pattern in OWN for file in sorted(ROOT.glob(pattern))
    ]
    seen = {page.text for page in found}
    template = copied(folder / "template")
    whole = folder / "0"
    for number, answers in enumerate(ANSWERS):
        project = folder / str(number)
        copy(str(template), project, answers)
        for file in sorted(project.rglob("*.md")):
            page = Page(whole, whole / file.relative_to(project), file.read_text(encoding="utf-8"))
            if page.text not in seen:
                found.append(page)
                seen.add(page.text)
    return found
