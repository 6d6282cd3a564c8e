"""Hold the signatures of a handoff against it, and against the key that must have made them.

Two bundles, one key: ``manifest.json.sigstore.json`` is the attestation that cosign reads, ``model.sig`` the OpenSSF's
model signature that `model_signing` reads. Their names match no content-addressed file.
"""

from collections.abc import Generator, Iterator
from pathlib import Path

from paved_road import findings
from paved_road.findings import Finding, problem
from paved_road.handoff.manifest import Manifest
from paved_road.handoff.provenance import attestation, bundle, extras, model_signing, subjects
from paved_road.handoff.provenance.bundle import ATTESTATION, MODEL, NAMES
from paved_road.project import Project

_NAME_A_KEY = "give --key or ROAD_PUBLIC_KEY, or set signing-key in [tool.paved-road]"
_PREDICATES = {ATTESTATION: attestation.PREDICATE, MODEL: model_signing.PREDICATE}


def required_key(project: Project | None, given: Path | None, require: bool) -> Path | None:
    """The public key to check with; none if no signature is asked for.

    Raises:
        Problem: if a signature is asked for, and nobody says whose.
    """
    if given:
        return given
    if project and project.settings.signing_key:
        return project.root / project.settings.signing_key
    if require:
        raise problem("SIGNATURE002", "a signature is required, and no public key is named", _NAME_A_KEY)
    return None


def require_key(manifest: Manifest, key: Path | None) -> Path:
    """The key that a handoff which runs only if it is signed has to be held against.

    Raises:
        Problem: nobody says whose signature counts.
    """
    if key is None:
        fact = f"signature: the format {manifest.artifact.format} requires one, and no public key is named"
        raise problem("SIGNATURE002", fact, _NAME_A_KEY)
    return key


def require(folder: Path, manifest: Manifest, key: Path | None) -> None:
    """Go on only with a signature of this handoff that was made with this key.

    Raises:
        Problem: no key is named, there is no signature, or it does not hold.
    """
    held = check(folder, manifest, require_key(manifest, key))
    findings.require(item for item in held if isinstance(item, Finding))


def check(folder: Path, manifest: Manifest, key: Path | None) -> Iterator[Finding | str]:
    """Hold the signatures that are there against the handoff, and against the key if one is given.

    Without a key an unsigned handoff passes in silence, and a signature of another handoff does not.

    Raises:
        Problem: a signature or the key cannot be read.
    """
    there = [name for name in NAMES if (folder / name).exists() or (folder / name).is_symlink()]
    if key and ATTESTATION not in there:
        fact = "signature: a signature is required, and there is none"
        yield _finding("SIGNATURE004", ATTESTATION, fact, "run `road handoff sign --key FILE`")
    bundles = {name: bundle.read(folder / name) for name in there}
    about = subjects.stated(folder, manifest)
    for name, signed in bundles.items():
        yield from _of_this_handoff(name, signed, about)
    if key:
        fingerprint = yield from _made_with(key, bundles)
        yield f"made with key {fingerprint[:12]}…, of this manifest and its files"
    elif bundles:
        yield "of this manifest; give --key to check who made it"


def _of_this_handoff(name: str, signed: bundle.Bundle, about: dict[str, str]) -> Iterator[Finding]:
    if signed.predicate != _PREDICATES[name]:
        # The same key may vouch for other things about the same file, for instance that it failed a scan.
        fact = f"signature: signs a {signed.predicate[:80]!r}, not a {_PREDICATES[name]!r}"
        yield _finding("SIGNATURE005", name, fact, bundle.AGAIN)
    other = [file for file, digest in about.items() if signed.digests.get(file, digest) != digest]
    if about[subjects.MANIFEST] not in signed.digests.values():
        other = other or [subjects.MANIFEST]
    if other:
        fact = f"signature: is of another handoff ({', '.join(other)} had another digest)"
        remedy = "sign this one with `road handoff sign`, or restore the other from git"
        yield _finding("SIGNATURE005", name, fact, remedy)


def _made_with(key: Path, bundles: dict[str, bundle.Bundle]) -> Generator[Finding, None, str]:
    extras.require("cryptography", "checking a signature")
    from paved_road.handoff.provenance import keys

    public = keys.public(key)
    fingerprint = keys.fingerprint(public)
    for name, signed in bundles.items():
        if keys.holds(public, signed.signature, bundle.message(signed.payload)):
            continue
        fact = "signature: does not hold: it, or the statement that it signs, was changed"
        if signed.hint != fingerprint:
            other = f"key {signed.hint[:12]}…" if signed.hint.isalnum() else "no key"
            fact = f"signature: names {other}, and {key.name} is key {fingerprint[:12]}…"
        yield _finding("SIGNATURE006", name, fact, "sign with the right key, or restore it from git")
    return fingerprint


def _finding(code: str, name: str, fact: str, remedy: str) -> Finding:
    return Finding(code=code, fact=fact, remedy=remedy, path=f"handoff/{name}")
