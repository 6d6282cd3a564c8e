"""The bill of materials of a handoff: CycloneDX 1.6, the model with its card and the serving set that runs it.

Derived from the manifest alone, so the same handoff gives the same bytes, and one that was kept can be checked. Which
package needs which the manifest does not know: the graph says that the handoff needs all of them, and no more.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from paved_road.findings import Finding, problem
from paved_road.handoff.manifest import File, Manifest, Package
from paved_road.handoff.provenance.model_card import GOLDEN, model_card

_HANDOFF, _MODEL = "handoff", "model"
_AGAIN = "write it again: `road handoff sbom --output FILE`"


def render(manifest: Manifest) -> str:
    """The bill of materials as the text of its file."""
    promise = manifest.contract.promise
    whole = Component(
        name=promise.name,
        version=promise.version,
        type=ComponentType.APPLICATION,
        bom_ref=_HANDOFF,
        description=promise.intended_use,
    )
    tool = Component(name="paved-road", version=manifest.platform, type=ComponentType.APPLICATION)
    bom = Bom(serial_number=uuid5(NAMESPACE_OID, manifest.seal))
    bom.metadata.component = whole
    bom.metadata.timestamp = datetime.fromisoformat(manifest.created_at)
    bom.metadata.tools.components.add(tool)
    parts = [*_evidence(manifest), *_libraries(manifest.dependencies.packages)]
    bom.components.update(parts)
    bom.register_dependency(whole, parts)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    # The library has no class for a model card, and writes a package without known needs as one that needs nothing.
    model = next(component for component in document["components"] if component["bom-ref"] == _MODEL)
    model["modelCard"] = model_card(manifest)
    document["dependencies"] = [entry for entry in document["dependencies"] if entry["ref"] == _HANDOFF]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _evidence(manifest: Manifest) -> Iterable[Component]:
    artifact, baseline = manifest.artifact, manifest.baseline
    yield Component(
        name=artifact.file.path,
        version=manifest.contract.promise.version,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=_MODEL,
        hashes=[_sha256(artifact.file.sha256)],
        properties=[
            _property("format", artifact.format),
            _property("framework", artifact.origin.framework),
            *(_property("trusted-type", name) for name in artifact.trusted),
        ],
    )
    yield _data(baseline.golden, GOLDEN, str(baseline.version))


def _data(file: File, ref: str, version: str) -> Component:
    return Component(
        name=file.path, version=version, type=ComponentType.DATA, bom_ref=ref, hashes=[_sha256(file.sha256)]
    )


def _libraries(packages: Iterable[Package]) -> Iterable[Component]:
    """A component for each name and version: a lock may name one several times, for several environments."""
    rows: defaultdict[tuple[str, str], list[Package]] = defaultdict(list)
    for package in packages:
        rows[package.name, package.version].append(package)
    for (name, version), same in sorted(rows.items()):
        purl = PackageURL("pypi", None, name, version)
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=str(purl),
            purl=purl,
            hashes={_sha256(digest) for package in same for digest in package.sha256},
            properties=[_property("marker", package.marker) for package in same if package.marker],
        )


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)


def _property(name: str, value: str) -> Property:
    return Property(name=f"paved-road:{name}", value=value)


def differences(file: Path, manifest: Manifest) -> list[Finding]:
    """Everything that a bill of materials which was kept says otherwise than the handoff.

    Raises:
        Problem: if it cannot be read.
    """
    try:
        kept = json.loads(file.read_bytes())
        listed = {part["bom-ref"]: part for part in kept["components"]}
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        fact = f"cannot be read as a bill of materials: {error}"
        raise problem("SBOM001", fact, _AGAIN, path=str(file)) from error
    due = json.loads(render(manifest))
    parts = {part["bom-ref"]: part for part in due["components"]}
    facts = [f"{ref} is missing, and the handoff has it" for ref in sorted(parts.keys() - listed.keys())]
    facts += [f"{ref} is listed, and the handoff does not have it" for ref in sorted(listed.keys() - parts.keys())]
    facts += [f"{ref} is described otherwise" for ref in sorted(parts.keys() & listed) if parts[ref] != listed[ref]]
    if not facts and kept != due:
        facts = [f"{key} says otherwise" for key in sorted(kept.keys() | due) if kept.get(key) != due.get(key)]
    return [Finding(code="SBOM002", fact=fact, remedy=_AGAIN, path=str(file)) for fact in facts]
