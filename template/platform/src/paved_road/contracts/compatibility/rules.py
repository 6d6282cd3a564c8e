"""Which change of a contract is breaking, additive or neutral: one table, from which docs/compatibility.md is derived.

What callers send is judged by containment of JSON Schemas: every record that was accepted must still be. What callers
get is judged the other way round: every prediction must be one that was possible before. The contract names its parts,
so a rule can say which part it is about; a rule that cannot tell errs on the side of breaking.
"""

from typing import Any, Literal

import msgspec

from paved_road import documents

Effect = Literal["breaking", "additive", "neutral"]
EFFECTS: tuple[Effect, ...] = ("breaking", "additive", "neutral")


class Rule(msgspec.Struct, frozen=True):
    """A row of the table.

    Attributes:
        id: stable identifier.
        side: whose part of a contract it is about.
        change: what happened to it.
        effect: what that means for those who rely on the contract.
        because: why, in one sentence.
    """

    id: str
    side: str
    change: str
    effect: Effect
    because: str


_SENDS, _GETS, _MODEL, _RUNS, _DATA, _API = (
    *("what callers send", "what callers get", "the model", "how it runs"),
    *("the data", "the service"),
)

RULES = (
    # model.yml: inputs --------------------------------------------------------------------------------------------
    Rule("input-removed", _SENDS, "a field is removed", "breaking", "A record that still carries it is refused."),
    Rule(
        *("input-added-required", _SENDS, "a field is added that may not be null", "breaking"),
        "Records of today lack it and are refused.",
    ),
    Rule(
        *("input-added-nullable", _SENDS, "a field is added that may be null", "additive"),
        "Records of today lack it and are still accepted.",
    ),
    Rule("input-type-widened", _SENDS, "integer becomes number", "additive", "Every integer is a number."),
    Rule(
        *("input-type-changed", _SENDS, "a type changes in any other way", "breaking"),
        "What callers send is refused, or read as something else.",
    ),
    Rule(
        *("input-range-narrowed", _SENDS, "a minimum is raised or set, a maximum lowered or set", "breaking"),
        "Values that were accepted are refused.",
    ),
    Rule(
        *("input-range-widened", _SENDS, "a minimum is lowered or removed, a maximum raised or removed", "additive"),
        "All that was accepted still is; the model has to answer more than before, so hand it over again.",
    ),
    Rule(
        *("input-values-removed", _SENDS, "a value is removed from the list, or a list is set", "breaking"),
        "Values that were accepted are refused.",
    ),
    Rule(
        *("input-values-added", _SENDS, "a value is added to the list, or the list is removed", "additive"),
        "All that was accepted still is; the model has to answer more than before, so hand it over again.",
    ),
    Rule("input-null-refused", _SENDS, "a field may no longer be null", "breaking", "Records without it are refused."),
    Rule("input-null-accepted", _SENDS, "a field may now be null", "additive", "Records that carry it still may."),
    Rule(
        *("input-unit-changed", _SENDS, "a unit is changed or removed", "breaking"),
        "The same number now says something else, and no check can notice.",
    ),
    Rule("input-unit-named", _SENDS, "a unit is named for the first time", "neutral", "It says what held already."),
    Rule(
        *("input-order", _SENDS, "fields or values are put in another order", "neutral"),
        "Callers send fields by name; the artifact reads them by position, so hand it over again.",
    ),
    Rule("input-text", _SENDS, "a meaning or an example is reworded", "neutral", "Nothing else is accepted."),
    # model.yml: outputs -------------------------------------------------------------------------------------------
    Rule("output-removed", _GETS, "a field is removed", "breaking", "Callers that read it find nothing."),
    Rule(
        *("output-added", _GETS, "a field is added", "additive"),
        "Callers ignore fields that they do not know, and read the others as before.",
    ),
    Rule("output-gives", _GETS, "`gives` changes", "breaking", "A label is no probability, whatever its name."),
    Rule("output-of", _GETS, "`of` names another class", "breaking", "The same number speaks of something else."),
    Rule(
        *("output-of-named", _GETS, "`of` names the class that it meant without it, or leaves it out", "neutral"),
        "The number speaks of the same class.",
    ),
    Rule(
        *("output-range-widened", _GETS, "a minimum is lowered or removed, a maximum raised or removed", "breaking"),
        "Callers get values that could not occur.",
    ),
    Rule(
        *("output-range-narrowed", _GETS, "a minimum is raised or set, a maximum lowered or set", "additive"),
        "All that may come was possible before; the tighter promise is new.",
    ),
    Rule(
        *("output-unit-changed", _GETS, "a unit is changed or removed", "breaking"),
        "The same number now says something else, and no check can notice.",
    ),
    Rule("output-unit-named", _GETS, "a unit is named for the first time", "neutral", "It says what held already."),
    Rule("output-order", _GETS, "fields are put in another order", "neutral", "Callers read fields by name."),
    Rule("output-text", _GETS, "a meaning is reworded", "neutral", "The values are the same."),
    # model.yml: the model itself ----------------------------------------------------------------------------------
    Rule("model-name", _MODEL, "`name` changes", "breaking", "The registry and the service know it by its name."),
    Rule("model-task", _MODEL, "`task` changes", "breaking", "It answers another kind of question."),
    Rule("model-target", _MODEL, "`target` changes", "breaking", "It predicts something else."),
    Rule(
        *("model-classes", _MODEL, "`classes` changes, be it in order or in the type of a value", "breaking"),
        "Labels that callers compare with change, and the last of them is the positive one.",
    ),
    Rule("model-threshold", _MODEL, "`threshold` changes", "breaking", "The same record gets another label."),
    Rule(
        *("model-golden-key", _MODEL, "`golden.key` changes", "breaking"),
        "It names the rows, so evidence before and after speaks of different ones.",
    ),
    Rule(
        *("model-golden", _MODEL, "another setting of `golden` changes", "neutral"),
        "The promises are the same; they are measured again.",
    ),
    Rule(
        *("metric-weaker", _MODEL, "a floor of `success_metrics` is lowered or removed, a ceiling raised", "breaking"),
        "Decisions rest on how often the model is right.",
    ),
    Rule(
        *("metric-stronger", _MODEL, "a floor of `success_metrics` is raised or added, a ceiling lowered", "additive"),
        "All that was promised still is.",
    ),
    Rule("metric-text", _MODEL, "a `because`, or the order of metrics", "neutral", "The promises are the same."),
    Rule("model-text", _MODEL, "`intended_use` or `limits` is reworded", "neutral", "It is for people to read."),
    # model.yml: how it runs ---------------------------------------------------------------------------------------
    Rule(
        *("service-weaker", _RUNS, "a promise of `service_level` gets weaker", "breaking"),
        "Callers planned with it: with their own time limit, rate and batch size.",
    ),
    Rule(
        *("service-stronger", _RUNS, "a promise of `service_level` gets stronger", "additive"),
        "All that was promised still is.",
    ),
    Rule(
        *("resources-raised", _RUNS, "a budget of `resources` is raised", "additive"),
        "Callers see nothing; a new minor version tells those who run it to make room.",
    ),
    Rule("resources-lowered", _RUNS, "a budget of `resources` is lowered", "neutral", "It fits where it ran."),
    Rule("monitoring", _RUNS, "`monitoring` changes", "neutral", "It is about when we look, not what we promise."),
    Rule("rollback", _RUNS, "`rollback` changes", "neutral", "It is about what we do, not what we promise."),
    # data.yml -----------------------------------------------------------------------------------------------------
    Rule("data-identity", _DATA, "the `id` or the table's `name` changes", "breaking", "Science finds it by them."),
    Rule(
        *("data-moved", _DATA, "a `physicalName` changes, or a server changes or goes", "breaking"),
        "What science reads is no longer there.",
    ),
    Rule("data-server-added", _DATA, "a server is added", "additive", "The others are still there."),
    Rule("data-retired", _DATA, "`status` becomes retired", "breaking", "Nothing is promised any longer."),
    Rule(
        *("data-deprecated", _DATA, "`status` becomes deprecated", "additive"),
        "All still holds; semantic versioning asks for a minor version, so that it is noticed.",
    ),
    Rule("column-removed", _DATA, "a column is removed", "breaking", "Science that reads it finds nothing."),
    Rule("column-added", _DATA, "a column is added", "additive", "The others are still there."),
    Rule("column-type-narrowed", _DATA, "number becomes integer", "additive", "Every integer is a number."),
    Rule(
        *("column-type-changed", _DATA, "a `logicalType` changes in any other way", "breaking"),
        "Science reads values of a kind that it did not prepare for.",
    ),
    Rule("column-optional", _DATA, "a required column becomes optional", "breaking", "Values may now be missing."),
    Rule("column-required", _DATA, "an optional column becomes required", "additive", "Fewer values are missing."),
    Rule("column-repeats", _DATA, "a column need no longer be unique", "breaking", "A value no longer names one row."),
    Rule("column-unique", _DATA, "a column becomes unique", "additive", "All that may come was possible before."),
    Rule(
        *("column-widened", _DATA, "a range, a length or a pattern of a column allows more", "breaking"),
        "Science gets values that could not occur; a pattern that changes counts as wider.",
    ),
    Rule(
        *("column-narrowed", _DATA, "a range, a length or a pattern of a column allows less", "additive"),
        "All that may come was possible before; the tighter promise is new.",
    ),
    Rule(
        *("quality-weaker", _DATA, "a quality rule is removed, or allows more", "breaking"),
        "Science gets data that would have been refused; a new valid value is one that it did not train on.",
    ),
    Rule(
        *("quality-stronger", _DATA, "a quality rule is added, or allows less", "additive"),
        "All that may come was possible before; the tighter promise is new.",
    ),
    Rule(
        *("sla-weaker", _DATA, "a service level is removed or gets weaker", "breaking"),
        "Training was planned with it; one whose direction nobody knows counts as weaker.",
    ),
    Rule("sla-stronger", _DATA, "a service level is added or gets stronger", "additive", "All promised still holds."),
    Rule("data-text", _DATA, "a description, a tag or the order of columns", "neutral", "The rows are the same."),
    # api.json -----------------------------------------------------------------------------------------------------
    Rule("api-follows", _API, "it follows `model.yml`", "neutral", "Its changes are judged there."),
    Rule(
        "api-removed", _API, "a path, a method or a success answer is removed", "breaking", "Callers that use it fail."
    ),
    Rule("api-added", _API, "a path, a method or an answer is added", "additive", "What callers use is still there."),
    Rule(
        *("api-other", _API, "anything else that is no text and that `model.yml` does not explain", "breaking"),
        "No rule knows it, so it counts as breaking until a person has looked.",
    ),
    Rule("api-text", _API, "texts, examples, or an answer that says no", "neutral", "Callers send and get the same."),
)
BY_ID = {rule.id: rule for rule in RULES}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two contracts.

    Attributes:
        rule: the row of the table that judges it.
        fact: what happened, in words.
        at: keys of the new document that lead to it; to its nearest parent, if it is gone.
        line: the line that they lead to, where the document is known.
    """

    rule: Rule
    fact: str
    at: documents.Key = ()
    line: int | None = None


def changed(rule: str, name: str, before: Any, after: Any, at: documents.Key = ()) -> Change:
    """A change of something that has a value, before or after; none is None."""
    if before is None:
        fact = f"{name} was set to {_shown(after)}"
    elif after is None:
        fact = f"{name} was removed (it was {_shown(before)})"
    else:
        fact = f"{name} went from {_shown(before)} to {_shown(after)}"
    return said(rule, fact, at)


def said(rule: str, fact: str, at: documents.Key = ()) -> Change:
    """A change in words of its own."""
    return Change(rule=BY_ID[rule], fact=fact, at=at)


def same(before: Any, after: Any) -> bool:
    """Whether two values are the same in a file; Python alone would take 1 for true."""
    return documents.digest(msgspec.to_builtins(before)) == documents.digest(msgspec.to_builtins(after))


def _shown(value: Any) -> str:
    """A value as the contract writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return str(value)
