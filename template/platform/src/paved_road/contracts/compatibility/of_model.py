"""What changed between two model contracts."""

from collections.abc import Iterator, Sequence

import msgspec

from paved_road.contracts.compatibility import promises
from paved_road.contracts.compatibility.promises import Promise
from paved_road.contracts.compatibility.rules import Change, changed, said, same
from paved_road.contracts.model import Field, ModelContract, Output, Value
from paved_road.documents import Key

_WHOLE = {"name": "model-name", "task": "model-task", "target": "model-target"}
_WHOLE |= {"classes": "model-classes", "threshold": "model-threshold"}
_LOWER_IS_BETTER = ("p95_ms", "p99_ms")


def changes(old: ModelContract, new: ModelContract) -> Iterator[Change]:
    """Every difference but that of the version, judged."""
    for name, rule in _WHOLE.items():
        before, after = getattr(old, name), getattr(new, name)
        if not same(before, after):
            yield changed(rule, name, before, after, (name,))
    yield from _inputs(old, new)
    yield from _outputs(old, new)
    yield from _settings(old.golden, new.golden, "golden", {"key": "model-golden-key"}, "model-golden")
    yield from _metrics(old, new)
    yield from promises.changes(_service(old), _service(new), "service-weaker", "service-stronger")
    yield from promises.changes(_budget(old), _budget(new), "resources-raised", "resources-lowered")
    yield from _settings(old.monitoring, new.monitoring, "monitoring", {}, "monitoring")
    yield from _settings(old.rollback, new.rollback, "rollback", {}, "rollback")
    for name in ("intended_use", "limits"):
        if getattr(old, name) != getattr(new, name):
            yield said("model-text", f"{name} was reworded", (name,))


# Inputs -------------------------------------------------------------------------------------------------------------


def _inputs(old: ModelContract, new: ModelContract) -> Iterator[Change]:
    before = {field.name: field for field in old.inputs}
    after = {field.name: (position, field) for position, field in enumerate(new.inputs)}
    for name in before:
        if name not in after:
            yield said("input-removed", f"inputs.{name} was removed", ("inputs",))
    for name, (position, field) in after.items():
        at: Key = ("inputs", position)
        if name in before:
            yield from _field(before[name], field, at)
        else:
            rule = "input-added-nullable" if field.nullable else "input-added-required"
            yield said(rule, f"inputs.{name} was added{'' if field.nullable else ' and may not be null'}", at)
    if _reordered(list(before), list(after)):
        yield said("input-order", "inputs were put in another order", ("inputs",))


def _field(old: Field, new: Field, at: Key) -> Iterator[Change]:
    name = f"inputs.{new.name}"
    if old.type != new.type:
        widened = (old.type, new.type) == ("integer", "number")
        rule = "input-type-widened" if widened else "input-type-changed"
        yield changed(rule, f"{name}.type", old.type, new.type, (*at, "type"))
    yield from _range("input", name, old, new, at)
    yield from _values(name, old.values, new.values, (*at, "values"))
    if old.nullable != new.nullable:
        rule = "input-null-accepted" if new.nullable else "input-null-refused"
        yield said(rule, f"{name} may {'now' if new.nullable else 'no longer'} be null", (*at, "nullable"))
    yield from _unit("input", name, old, new, at)
    for text in ("meaning", "example"):
        if not same(getattr(old, text), getattr(new, text)):
            yield said("input-text", f"{name}.{text} was reworded", (*at, text))


def _values(name: str, old: list[str] | None, new: list[str] | None, at: Key) -> Iterator[Change]:
    if old is None or new is None:
        if old != new:
            yield changed(
                "input-values-added" if new is None else "input-values-removed", f"{name}.values", old, new, at
            )
        return
    if gone := [value for value in old if value not in new]:
        yield said("input-values-removed", f"{name}.values no longer has {', '.join(gone)}", at)
    if come := [value for value in new if value not in old]:
        yield said("input-values-added", f"{name}.values now has {', '.join(come)}", at)
    if _reordered(old, new):
        yield said("input-order", f"{name}.values were put in another order", at)


# Outputs ------------------------------------------------------------------------------------------------------------


def _outputs(old: ModelContract, new: ModelContract) -> Iterator[Change]:
    before = {output.name: output for output in old.outputs}
    after = {output.name: (position, output) for position, output in enumerate(new.outputs)}
    for name in before:
        if name not in after:
            yield said("output-removed", f"outputs.{name} was removed", ("outputs",))
    for name, (position, output) in after.items():
        if name in before:
            yield from _output(before[name], output, _positive(old, new), ("outputs", position))
        else:
            yield said("output-added", f"outputs.{name} was added", ("outputs", position))
    if _reordered(list(before), list(after)):
        yield said("output-order", "outputs were put in another order", ("outputs",))


def _positive(old: ModelContract, new: ModelContract) -> tuple[Value | None, Value | None]:
    """The positive class before and after."""
    before, after = (contract.classes[-1] if contract.classes else None for contract in (old, new))
    return before, after


def _output(old: Output, new: Output, positive: tuple[Value | None, Value | None], at: Key) -> Iterator[Change]:
    name = f"outputs.{new.name}"
    if old.gives != new.gives:
        yield changed("output-gives", f"{name}.gives", old.gives, new.gives, (*at, "gives"))
    if not same(old.of, new.of):
        meant = [positive[side] if output.of is None else output.of for side, output in enumerate((old, new))]
        rule = "output-of-named" if same(*meant) else "output-of"
        yield changed(rule, f"{name}.of", old.of, new.of, (*at, "of"))
    yield from _range("output", name, old, new, at)
    yield from _unit("output", name, old, new, at)
    if old.meaning != new.meaning:
        yield said("output-text", f"{name}.meaning was reworded", (*at, "meaning"))


# Both ---------------------------------------------------------------------------------------------------------------


def _range(side: str, name: str, old: Field | Output, new: Field | Output, at: Key) -> Iterator[Change]:
    for bound, outwards in (("minimum", -1), ("maximum", 1)):
        before, after = getattr(old, bound), getattr(new, bound)
        if before == after:
            continue
        wider = after is None or (before is not None and (after > before) == (outwards > 0))
        rule = f"{side}-range-{'widened' if wider else 'narrowed'}"
        yield changed(rule, f"{name}.{bound}", before, after, (*at, bound))


def _unit(side: str, name: str, old: Field | Output, new: Field | Output, at: Key) -> Iterator[Change]:
    if old.unit != new.unit:
        rule = f"{side}-unit-{'named' if old.unit is None else 'changed'}"
        yield changed(rule, f"{name}.unit", old.unit, new.unit, (*at, "unit"))


def _reordered(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether what is in both stands in another order."""
    return [name for name in old if name in new] != [name for name in new if name in old]


# The rest -----------------------------------------------------------------------------------------------------------


def _settings(
    old: msgspec.Struct, new: msgspec.Struct, part: str, rules: dict[str, str], rule: str
) -> Iterator[Change]:
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if not same(before, after):
            yield changed(rules.get(name, rule), f"{part}.{name}", before, after, (part, name))


def _metrics(old: ModelContract, new: ModelContract) -> Iterator[Change]:
    found = list(promises.changes(_promised(old), _promised(new), "metric-weaker", "metric-stronger"))
    yield from found
    both = {wanted.metric for wanted in old.success_metrics} & {wanted.metric for wanted in new.success_metrics}
    texts = [
        [(wanted.metric, wanted.because) for wanted in contract.success_metrics if wanted.metric in both]
        for contract in (old, new)
    ]
    if texts[0] != texts[1] or (not found and not same(old.success_metrics, new.success_metrics)):
        yield said("metric-text", "success_metrics: a reason or the order changed", ("success_metrics",))


def _promised(contract: ModelContract) -> dict[str, Promise]:
    """Every floor and ceiling; of a metric that is promised twice the stronger."""
    found: dict[str, Promise] = {}
    for position, wanted in enumerate(contract.success_metrics):
        name, at = f"success_metrics.{wanted.metric}", ("success_metrics", position)
        side = "ceiling" if wanted.floor is None else "floor"
        slices = {f".slices.{column} ({side})": (side, bound) for column, bound in wanted.slices.items()}
        bounds = {".floor": ("floor", wanted.floor), ".ceiling": ("ceiling", wanted.ceiling)} | slices
        for part, (kind, bound) in bounds.items():
            if bound is not None:
                promise = Promise(bound, 1 if kind == "floor" else -1, at)
                found[name + part] = promises.stronger(promise, found.get(name + part))
    return found


def _service(contract: ModelContract) -> dict[str, Promise]:
    level = msgspec.structs.asdict(contract.service_level)
    return {
        f"service_level.{name}": Promise(value, -1 if name in _LOWER_IS_BETTER else 1, ("service_level", name))
        for name, value in level.items()
    }


def _budget(contract: ModelContract) -> dict[str, Promise]:
    budget = msgspec.structs.asdict(contract.resources)
    return {f"resources.{name}": Promise(value, -1, ("resources", name)) for name, value in budget.items()}
