"""What the documentation says of the manifest is what the tamper suite proves."""

import re
from pathlib import Path

from .test_tamper import ATTESTED, GUARDS

PAGE = Path(__file__).parents[3] / "template" / "docs" / "handoff.md"


def documented() -> dict[str, str]:
    """Guard by field, from the table."""
    table = PAGE.read_text(encoding="utf-8").partition("## What a manifest cannot lie about")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| (.+) \|$", table, re.MULTILINE)
    return {field: guard for fields, guard in rows for field in re.findall(r"`([^`]+)`", fields)}


def test_every_field_of_the_tamper_suite_is_in_the_table_and_no_other() -> None:
    tried = {*GUARDS, *ATTESTED} - {"manifest_version", "artifact.format"}
    named = {field for field in tried if not field.startswith("contract.")} | {"contract"}

    assert documented().keys() == named


def test_the_builders_word_is_called_so() -> None:
    for field, guard in documented().items():
        assert guard.startswith(("the builder's word", "the contract's limits")) == (field in ATTESTED), field
