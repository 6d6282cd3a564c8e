"""What a fitted model is handed over as: ONNX, or the native format that the team asked for; never silently another."""

from dataclasses import dataclass
from typing import Any

import msgspec

from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding, Problem, problem
from paved_road.project import Format, Settings, TrustedType
from paved_road.science.export import Exporter
from paved_road.science.export.graph import require_loadable

_OTHERWISE = 'or hand over its native form, signed: artifact = "skops" in [tool.paved-road], see docs/handoff.md'


@dataclass(frozen=True)
class Exported:
    """A model as the bytes of a file.

    Attributes:
        format: of the file.
        content: its bytes.
        trusted: types in it that the format's library does not trust by itself.
    """

    format: Format
    content: bytes
    trusted: list[str]


def export(model: Any, exporter: Exporter, contract: ModelContract, settings: Settings) -> Exported:
    """Export a fitted model as the settings say.

    Raises:
        Problem: naming the part that has no such form, or that nobody trusts.
    """
    if settings.artifact == "skops":
        return _skops(model, settings)
    try:
        graph = exporter.to_onnx(model, contract)
        require_loadable(graph)
    except Problem as error:
        if not exporter.FRAMEWORK.startswith("scikit-learn"):
            raise
        raise Problem(*map(_with_alternative, error.findings)) from error
    graph.opset_import.sort(key=lambda opset: opset.domain)  # exporters leave their order to chance
    return Exported("onnx", graph.SerializeToString(deterministic=True), [])


def _with_alternative(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, remedy=f"{finding.remedy}; {_OTHERWISE}")


def _skops(model: Any, settings: Settings) -> Exported:
    import skops.io  # it imports all of scikit-learn, for seconds

    try:
        content = skops.io.dumps(model)
        needed = skops.io.get_untrusted_types(data=content)
    except Exception as error:  # a model's parts are anybody's, and may raise anything
        fact = f"{type(model).__name__} cannot be written as skops: {' '.join(str(error).split())[:300]}"
        raise problem("EXPORT002", fact, "replace that part; docs/handoff.md lists what can be written") from error
    _require_trust(needed, settings)
    return Exported("skops", content, needed)


def _require_trust(needed: list[str], settings: Settings) -> None:
    foreign = [name for name in needed if not _served(name)]
    if foreign:
        fact = f"the model holds {', '.join(foreign)}, which no server has: it has scikit-learn, numpy and scipy alone"
        raise problem("EXPORT004", fact, "replace that part by one of theirs, or compute it in data.py as an input")
    if missing := [name for name in needed if name not in settings.trusted_types]:
        named = ", ".join(f'"{name}"' for name in sorted({*settings.trusted_types, *missing}))
        fact = f"the model holds {', '.join(missing)}, which skops does not trust by itself"
        remedy = f"look at what it does, then: trusted-types = [{named}] in [tool.paved-road]"
        raise problem("EXPORT004", fact, remedy, path="pyproject.toml")


def _served(name: str) -> bool:
    try:
        msgspec.convert(name, TrustedType)
    except msgspec.ValidationError:
        return False
    return True
