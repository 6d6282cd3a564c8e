"""The page that `make bench` writes: each script has a marked section of it, and touches nothing else."""

import argparse
import os
import platform
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

END = "<!-- until here -->"


def asked(doc: str | None, rounds: int) -> argparse.Namespace:
    """The arguments of a script: where to write, and how often to measure.

    Args:
        doc: of the script.
        rounds: if nothing is said.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="write the script's section into this page, besides printing it")
    parser.add_argument("--rounds", type=int, default=rounds, help="measurements of each figure")
    return parser.parse_args()


def mark(section: str) -> str:
    """The line that a section begins with."""
    return f"<!-- {section}: written by `make bench` -->\n"


def write(page: Path, section: str, text: str) -> None:
    """Put a text between the marks of a section."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(mark(section))
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{page} has no section {section}: write {mark(section).strip()} and {END} where it belongs")
    page.write_text(f"{before}{begin}\n{text}\n\n{END}{after}", encoding="utf-8")


def publish(page: Path | None, section: str, lines: Iterable[str]) -> None:
    """Print a section, and write it if there is a page."""
    text = "\n".join(lines)
    print(text, flush=True)
    if page:
        write(page, section, text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def measured(rounds: int, load: float) -> str:
    """When, how often and on what was measured.

    Args:
        rounds: of each figure.
        load: `os.getloadavg()[0]` before.
    """
    said = f"Measured on {date.today()}, rounds: {rounds}; on {machine()}."
    busy = load > (os.cpu_count() or 1) / 2
    return f"{said} Load before it: {load:.1f}; what other programs took makes it longer." if busy else said


def machine() -> str:
    """This machine: its processor and cores, and nothing that names it."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    model = found[1] if found else platform.processor() or platform.machine()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
