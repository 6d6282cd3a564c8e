"""`road handoff migrate`: from an older manifest to this version's, measuring again what the older one did not hold."""

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import msgspec

from paved_road import files
from paved_road.contracts import own_metrics
from paved_road.contracts.decision import decide
from paved_road.findings import problem, require
from paved_road.handoff import baseline, onnx_file, predictions, probe, profile, reference, resources
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import PATH, VERSION, Manifest, file_digest, parsed, read, render, seal_of
from paved_road.handoff.provenance.bundle import withdraw
from paved_road.project import Project

Step = Callable[[str], AbstractContextManager[None]]
_REBUILD = "run `road train` and `road handoff build`"


def migrate(project: Project, step: Step) -> Manifest:
    """Bring the manifest to this version; the model, its golden dataset and its origin stay what they are.

    Raises:
        Problem: no manifest, one that is of this version or newer, was changed, or names files that are not whole.
    """
    data = read(project.handoff / "manifest.json")
    given = data.get("manifest_version")
    if given != 1 or given is True:
        fact = f"manifest_version is {given!r}; there is nothing to migrate to {VERSION}"
        raise problem("MIGRATE001", fact, "`road handoff verify` says whether it holds", path=PATH)
    if data.get("seal") != seal_of(data):
        fact = "seal: the manifest was changed after it was built"
        raise problem("HANDOFF005", fact, "restore it from git", path=PATH)
    try:
        draft = parsed(_from_1(data))
    except (KeyError, TypeError, AttributeError) as error:
        raise problem("MIGRATE002", f"is no manifest of version 1: {error!r}", _REBUILD, path=PATH) from error
    _require_whole(project, draft)
    return _measured(project, draft, step)


def _from_1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew one closed load, no slices' intervals, no probe, no artifact store, no bounds and no chance in the
    reference, and no further field of an answer."""
    made = copy.deepcopy(data)
    made["manifest_version"] = 2
    made["schema"]["output"].pop("additionalProperties", None)
    made["baseline"]["probe"] = {"record": {}, "raw": []}  # until it is taken of the golden dataset
    was = made["resources"]
    latency = {name: was[name] for name in ("p50_ms", "p95_ms", "p99_ms")}
    load = {name: was["load"][name] for name in ("concurrency", "requests", "seconds")}
    load |= {"requests_per_second": was["requests_per_second"], "latency": latency}
    made["resources"] = {
        **{name: was[name] for name in ("cpu_seconds_per_request", "peak_memory_mib", "cold_start_s", "machine")},
        "closed": load,
        "open": load,
        "cpu_ratio": {"value": was["calibration"], "spread": 0.0, "rounds": 1},
        "steady_memory_mib": was["peak_memory_mib"],
    }
    for measure in made["baseline"]["metrics"].values():
        for column in measure["slices"].values():
            for part in column.values():
                part |= {"low": None, "high": None}
    for part in ("inputs", "predictions"):
        for bins in made["reference"][part]["numbers"].values():
            bins |= {"low": None, "high": None}
    made["reference"]["null"] = {"false_alarms": 0.0, "inputs": {}, "predictions": {}}
    made["seal"] = seal_of(made)
    return made


def _require_whole(project: Project, draft: Manifest) -> None:
    for file in draft.files:
        path = project.handoff / file.path
        if not path.is_file() or path.is_symlink() or file_digest(path) != file.sha256:
            raise problem("MIGRATE003", f"{file.path} is not what was handed over", "restore it from git", path=PATH)


def _measured(project: Project, draft: Manifest, step: Step) -> Manifest:
    promise, where = draft.contract.promise, project.handoff
    golden = Golden(where / draft.baseline.golden.path, promise)
    raw = predictions.read(where / draft.baseline.predictions.path, "BASELINE002", _REBUILD)
    with step("measure it on the golden dataset"):
        own = own_metrics.load(project.settings.package, promise)
        metrics = baseline.measure(golden, raw, promise, own)
    opsets = onnx_file.opsets(onnx_file.read(where / draft.artifact.file.path))
    draft = msgspec.structs.replace(
        draft,
        artifact=msgspec.structs.replace(draft.artifact, opsets=opsets),
        baseline=msgspec.structs.replace(draft.baseline, probe=probe.take(golden, raw), metrics=metrics),
        reference=reference.describe(golden, decide(raw, promise), promise),
    ).sealed()
    with files.scratch_folder(project.state / "handoff") as staged, step("measure it under load"):
        for file in draft.files:
            (staged / file.path).symlink_to((where / file.path).resolve())
        files.write(staged / "manifest.json", render(draft))
        resourced = profile.measure(staged, golden, promise)
    require(resources.check(resourced, promise))
    whole = msgspec.structs.replace(draft, resources=resourced).sealed()
    files.write(where / "manifest.json", render(whole))
    withdraw(where)
    return whole
