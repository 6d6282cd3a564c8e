"""The page of benchmarks: one command writes every section of it, and no script touches another's."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^<!-- (\w+): written by `make bench` -->$", PAGE, re.MULTILINE)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    yield import_module("page")


def test_every_section_is_written_by_a_script_that_make_bench_runs() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nbench: ")[2].partition("\n# ")[0]
    scripts = [ROOT / name for name in re.findall(r"(benchmarks/\w+\.py) \$\(BENCH\)", recipe)]

    calls = re.compile(r'publish\([\w. ]*asked\.page, "(\w+)"')

    written = [name for file in scripts for name in calls.findall(file.read_text(encoding="utf-8"))]

    assert sorted(written) == sorted(SECTIONS)
    assert set(SECTIONS) == {"generation", "handoff", "verify", "update", "ownership", "serving"}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_replaced_and_nothing_else(writer: ModuleType, section: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")

    writer.write(page, section, "| New |\n| --- |")

    before, _, rest = PAGE.partition(writer.mark(section))
    expected = f"{before}{writer.mark(section)}\n| New |\n| --- |\n\n{writer.END}{rest.partition(writer.END)[2]}"
    assert page.read_text(encoding="utf-8") == expected


def test_a_page_without_the_section_is_refused_and_left_alone(writer: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n", encoding="utf-8")

    with pytest.raises(SystemExit, match="has no section update: write <!-- update"):
        writer.write(page, "update", "figures")

    assert page.read_text(encoding="utf-8") == "# A page\n"


def test_the_page_names_the_machine_once_it_is_measured() -> None:
    parts = [part.partition("<!-- until here -->")[0] for part in re.split(r"<!-- \w+: written by .*-->\n", PAGE)[1:]]

    assert [part for part in parts if "Not measured yet." not in part and " cores, " not in part] == []
