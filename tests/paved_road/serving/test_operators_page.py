"""The page for operators names what there is: every code, variable, option, event's counter and limit."""

import re
from pathlib import Path

import msgspec
import pytest
from paved_road.cli.serve import serve
from paved_road.contracts import limits, refusals
from paved_road.contracts.refusals import Kind
from paved_road.serving import connection, sampling, server, settings, shadow

PAGE = (Path(__file__).parents[3] / "template/docs/run-the-server.md").read_text(encoding="utf-8")
KINDS = [kind for kind in vars(refusals).values() if isinstance(kind, Kind)]
DEFAULTS = {field.encode_name: field.default for field in msgspec.structs.fields(settings.Settings)}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != refusals.HUNG_UP], ids=lambda kind: kind.code)
def test_every_code_is_explained_beside_its_status(kind: Kind) -> None:
    (row,) = [line for line in PAGE.splitlines() if f"`{kind.code}`" in line and line.startswith("|")]

    assert str(kind.status) in row.split("|")[1]


@pytest.mark.parametrize(("name", "default"), DEFAULTS.items())
def test_every_variable_has_its_default(name: str, default: object) -> None:
    assert re.search(rf"\| `{name}` \| `{default if isinstance(default, str) else f'{default:g}'}` \|", PAGE)


def test_every_option_and_no_other_is_named() -> None:
    options = {name for option in serve.params if not getattr(option, "hidden", False) for name in option.opts}
    named = set(re.findall(r"`(--[a-z]+)[ `]", PAGE)) | set(re.findall(r" (--[a-z]+) ", PAGE))

    assert named <= options
    assert options - named == {"--json"}


@pytest.mark.parametrize(
    "said",
    [
        f"at most {connection.MOST_PIPELINED} requests may wait",
        f"({server.GRACE_SECONDS} s at most)",
        f"{shadow.MOST_WAITING >> 20} MiB behind",
        f"`{sampling.HIDDEN}`",
        *(f"`classification: {name}`" for name in sorted(sampling.SHOWN)),
    ],
)
def test_its_figures_are_those_of_the_code(said: str) -> None:
    assert said in PAGE
    assert limits.WAITING == 8 and "eight times `concurrency`" in PAGE
