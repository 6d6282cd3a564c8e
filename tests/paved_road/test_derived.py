"""Derived files say what the code says."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "derive.py"


def test_derived_files_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("derive", SCRIPT)
    assert spec is not None and spec.loader is not None
    derive = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(derive)

    stale = [path.name for path, content in derive.derived().items() if path.read_text(encoding="utf-8") != content]

    assert not stale, f"run `make derived`: {stale}"
