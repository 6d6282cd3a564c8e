"""Do the contracts agree? What the model reads must be promised by the data, in the same type."""

from collections.abc import Iterator

from paved_road.contracts.data import DataContract
from paved_road.contracts.model import PATH, ModelContract
from paved_road.findings import Finding

_FITS = {
    "number": ("number", "integer"),
    "integer": ("integer",),
    "boolean": ("boolean",),
    "string": ("string",),
    "timestamp": ("timestamp",),
}


def check(promise: ModelContract, data: DataContract) -> Iterator[Finding]:
    """Every column that the model needs and the data contract does not promise so."""
    rule = promise.golden
    wanted = [promise.target, rule.key, *([rule.newest_by] if rule.newest_by else []), *rule.slices]
    for name in dict.fromkeys(wanted):
        if data.column(name) is None:
            yield _finding(f"{name} is not a column of contracts/data.yml")
    for field in promise.inputs:
        column = data.column(field.name)
        if column is None:
            yield _finding(f"input {field.name} is not a column of contracts/data.yml")
        elif column.type not in _FITS[field.type]:
            yield _finding(f"input {field.name} is a {field.type}, and contracts/data.yml says {column.type}")
        elif not column.required and not field.nullable:
            yield _finding(f"input {field.name} is not nullable, and contracts/data.yml lets it be missing")


def _finding(fact: str) -> Finding:
    return Finding(code="AGREE001", fact=fact, remedy="make the two contracts agree", path=PATH)
