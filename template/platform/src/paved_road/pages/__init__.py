"""Pages for people: one HTML file each, that asks nothing of the network and runs no script."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_STYLE = Path(__file__).parent / "style"


def render(template: Path, styles: tuple[str, ...], **values: Any) -> str:
    """The text of a page.

    Args:
        template: its Jinja template; `css` is what it puts into its style element, the filter `svg` lets a chart in.
        styles: the style sheets that it needs, by name, in order.
        values: what it shows; every text is escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["svg"] = Markup  # charts escape what they are given
    css = "\n".join((_STYLE / f"{name}.css").read_text(encoding="utf-8") for name in styles)
    return environment.get_template(template.name).render(css=Markup(css), **values)
