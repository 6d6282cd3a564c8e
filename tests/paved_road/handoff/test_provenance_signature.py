"""Who vouches for a handoff: signing it, and every way in which a signature does not hold."""

import base64
import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from model_signing import verifying
from paved_road.findings import Problem, as_text
from paved_road.handoff import oci
from paved_road.handoff.manifest import file_digest
from paved_road.handoff.provenance import attestation, bundle, keys, signature, signing
from tools import needs

from .provenance_examples import HandedOver, Road, pem, tool


def found(given: HandedOver, key: Path | None) -> str:
    """What the check of the signatures refuses, as people read it."""
    try:
        items = list(signature.check(given.folder, given.manifest, key))
    except Problem as error:
        items = list(error.findings)
    return as_text([item for item in items if not isinstance(item, str)])


def change(file: Path, path: list[str | int], edit: Callable[[Any], Any]) -> None:
    """Edit a value in a JSON file."""
    whole = value = json.loads(file.read_bytes())
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = edit(value[path[-1]])
    file.write_text(json.dumps(whole))


def one_bit(encoded: str) -> str:
    """The same base64 text with one bit turned in the last byte of what it says."""
    content = bytearray(base64.b64decode(encoded))
    content[-1] ^= 1
    return base64.b64encode(content).decode()


PAYLOAD: list[str | int] = ["dsseEnvelope", "payload"]
SIGNATURE: list[str | int] = ["dsseEnvelope", "signatures", 0, "sig"]
BOTH = pytest.mark.parametrize("name", bundle.NAMES)


# What holds -----------------------------------------------------------------
def test_a_signed_handoff_holds_with_the_public_half_of_its_key(given: HandedOver) -> None:
    public = given.sign()

    said = list(signature.check(given.folder, given.manifest, public))

    fingerprint = keys.fingerprint(keys.public(public))[:12]
    assert said == [f"made with key {fingerprint}…, of this manifest and its files"]


def test_the_same_key_signs_the_same_handoff_with_the_same_bytes(given: HandedOver) -> None:
    given.sign()
    first = [(given.folder / name).read_bytes() for name in bundle.NAMES]

    given.sign()

    assert [(given.folder / name).read_bytes() for name in bundle.NAMES] == first


def test_an_unsigned_handoff_passes_where_no_signature_is_asked_for(given: HandedOver) -> None:
    assert list(signature.check(given.folder, given.manifest, None)) == []


def test_without_a_key_a_signature_is_only_said_to_be_there(given: HandedOver) -> None:
    given.sign()

    assert list(signature.check(given.folder, given.manifest, None)) == [
        "of this manifest; give --key to check who made it"
    ]


def test_the_clean_up_of_content_addressed_files_leaves_signatures_alone(given: HandedOver) -> None:
    given.sign()

    assert not set(given.folder.glob("*-????????????.*")) & {given.attestation, given.model_signature}


def test_the_statement_names_every_file_and_what_it_was_made_from(given: HandedOver) -> None:
    given.sign()

    said = json.loads(bundle.read(given.attestation).payload)

    names = [subject["name"] for subject in said["subject"]]
    assert len(names) == 5
    assert "manifest.json" in names
    materials = {item["name"] for item in said["predicate"]["buildDefinition"]["resolvedDependencies"]}
    assert {"source", "training-data", "contracts/model.yml", "contracts/data.yml"} < materials
    assert said["predicate"]["runDetails"]["metadata"]["invocationId"] == given.manifest.seal


# What does not --------------------------------------------------------------
def test_a_handoff_without_a_signature_is_refused_where_one_is_required(given: HandedOver) -> None:
    _, public = given.key()

    said = found(given, public)

    assert "manifest.json.sigstore.json  SIGNATURE004  signature: a signature is required, and there is none" in said
    assert "run `road handoff sign --key FILE`" in said


def test_a_model_signature_alone_does_not_count_as_a_signature(given: HandedOver) -> None:
    public = given.sign()
    given.attestation.unlink()

    assert "SIGNATURE004" in found(given, public)


def test_an_attestation_alone_suffices(given: HandedOver) -> None:
    public = given.sign()
    given.model_signature.unlink()

    assert found(given, public) == ""


@BOTH
def test_a_signature_of_another_key_is_refused(given: HandedOver, name: str) -> None:
    public = given.sign()
    ours = (given.folder / name).read_bytes()
    given.sign("theirs")
    theirs = (given.folder / name).read_bytes()
    given.sign()
    (given.folder / name).write_bytes(theirs)

    said = found(given, public)

    assert ours != theirs
    assert f"handoff/{name}  SIGNATURE006  signature: names key" in said
    assert "and ours.pub is key" in said


@BOTH
@pytest.mark.parametrize(
    ("part", "refusal"),
    [
        (PAYLOAD, "SIGNATURE003  signature: cannot be read: JSON is malformed"),
        (SIGNATURE, "SIGNATURE006  signature: does not hold: it, or the statement that it signs, was changed"),
    ],
    ids=["statement", "signature"],
)
def test_one_changed_bit_of_a_signature_is_refused(
    given: HandedOver, name: str, part: list[str | int], refusal: str
) -> None:
    public = given.sign()
    change(given.folder / name, part, one_bit)

    assert f"handoff/{name}  {refusal}" in found(given, public)


def test_a_statement_that_was_rewritten_is_refused(given: HandedOver) -> None:
    public = given.sign()

    def rewrite(encoded: str) -> str:
        said = json.loads(base64.b64decode(encoded))
        said["predicate"]["runDetails"]["builder"]["id"] = "urn:somebody:else"
        return base64.b64encode(json.dumps(said).encode()).decode()

    change(given.attestation, PAYLOAD, rewrite)

    assert "signature: does not hold: it, or the statement that it signs, was changed" in found(given, public)


@BOTH
@pytest.mark.parametrize("with_key", [True, False], ids=["with key", "without key"])
def test_a_signature_that_a_new_manifest_left_behind_is_refused(given: HandedOver, name: str, with_key: bool) -> None:
    public = given.sign()
    given.replace_manifest()

    said = found(given, public if with_key else None)

    assert f"handoff/{name}  SIGNATURE005  signature: is of another handoff (manifest.json had another digest)" in said
    assert "sign this one with `road handoff sign`" in said


@pytest.mark.parametrize("with_key", [True, False], ids=["with key", "without key"])
def test_a_signature_of_another_file_is_refused_however_the_manifest_reads(given: HandedOver, with_key: bool) -> None:
    private, public = given.key()
    stated = {"manifest.json": file_digest(given.folder / "manifest.json"), given.manifest.artifact.file.path: "0" * 64}
    write_signed(given, private, attestation.statement(given.manifest, stated))

    assert f"{given.manifest.artifact.file.path} had another digest" in found(given, public if with_key else None)


def write_signed(given: HandedOver, private: Path, statement: dict[str, Any]) -> None:
    """Put any statement, rightly signed, where the attestation is expected."""
    key = keys.private(private)
    payload = json.dumps(statement).encode()
    signed = keys.sign(key, bundle.message(payload))
    given.attestation.write_bytes(bundle.render(payload, signed, keys.fingerprint(key.public_key())))


def test_another_statement_by_the_same_key_is_no_attestation(given: HandedOver) -> None:
    private, public = given.key()
    said = attestation.statement(given.manifest, {"manifest.json": file_digest(given.folder / "manifest.json")})
    write_signed(given, private, said | {"predicateType": "https://in-toto.io/attestation/vulns/v0.1"})

    assert "signature: signs a 'https://in-toto.io/attestation/vulns/v0.1', not a" in found(given, public)


@BOTH
@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"[]", b"{}", b"\xff\xfe", b'{"mediaType": 3}', b"[" * 100_000],
    ids=["empty", "text", "a list", "an empty object", "not UTF-8", "another type", "nested deeply"],
)
def test_a_file_that_is_no_bundle_is_refused(given: HandedOver, name: str, content: bytes) -> None:
    public = given.sign()
    (given.folder / name).write_bytes(content)

    assert f"handoff/{name}  SIGNATURE003  signature: cannot be read" in found(given, public)


@BOTH
def test_a_bundle_that_was_cut_off_is_refused_wherever_the_cut_is(given: HandedOver, name: str) -> None:
    public = given.sign()
    whole = (given.folder / name).read_bytes()

    for end in range(0, len(whole) - 2, 97):
        (given.folder / name).write_bytes(whole[:end])
        assert "SIGNATURE003  signature: cannot be read" in found(given, public), end


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["mediaType"], "application/json"),
        (["dsseEnvelope", "payloadType"], "text/plain"),
        (["dsseEnvelope", "payload"], "!"),
        (["dsseEnvelope", "payload"], base64.b64encode(b"[]").decode()),
        (["dsseEnvelope", "signatures"], []),
        (["dsseEnvelope", "signatures"], [{"sig": ""}, {"sig": ""}]),
    ],
)
def test_a_bundle_of_another_shape_is_refused(given: HandedOver, path: list[str | int], value: object) -> None:
    public = given.sign()
    change(given.attestation, path, lambda _: value)

    assert "SIGNATURE003  signature: " in found(given, public)


def test_a_folder_in_the_place_of_a_signature_is_refused(given: HandedOver) -> None:
    public = given.sign()
    given.attestation.unlink()
    given.attestation.mkdir()

    assert "SIGNATURE003  signature: cannot be read" in found(given, public)


def test_a_dangling_link_in_the_place_of_a_signature_is_refused(given: HandedOver) -> None:
    given.attestation.symlink_to("nowhere")

    assert "SIGNATURE003  signature: cannot be read" in found(given, None)


# Signing --------------------------------------------------------------------
def test_nobody_can_sign_a_handoff_whose_file_was_changed(given: HandedOver) -> None:
    private, _ = given.key()
    model = given.folder / given.manifest.artifact.file.path
    model.write_bytes(model.read_bytes() + b"\0")

    with pytest.raises(Problem) as refusal:
        signing.sign(given.folder, private, None)

    assert "artifact: model has digest" in as_text(refusal.value.findings)
    assert not given.attestation.exists()
    assert not given.model_signature.exists()


def test_nobody_signs_with_another_key_than_the_repository_requires(given: HandedOver) -> None:
    private, _ = given.key("theirs")
    _, required = given.key("ours")

    with pytest.raises(Problem, match=r"is not the private half of ours\.pub"):
        signing.sign(given.folder, private, required)

    assert not given.attestation.exists()


def test_an_encrypted_key_is_opened_with_the_password_in_the_environment(
    given: HandedOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = given.key()
    private.write_bytes(pem(keys.private(private), "open sesame"))
    monkeypatch.setenv(keys.PASSWORD, "open sesame")

    signing.sign(given.folder, private, None)

    assert found(given, public) == ""


@pytest.mark.parametrize(
    ("password", "fact"),
    [
        ("", "the key is encrypted"),
        ("wrong", "the key cannot be opened with the password in ROAD_SIGNING_PASSWORD"),
    ],
)
def test_an_encrypted_key_is_refused_without_its_password(
    given: HandedOver, monkeypatch: pytest.MonkeyPatch, password: str, fact: str
) -> None:
    private, _ = given.key()
    private.write_bytes(pem(keys.private(private), "open sesame"))
    monkeypatch.setenv(keys.PASSWORD, password)

    with pytest.raises(Problem, match=fact):
        keys.private(private)


COSIGN = b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJ\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (b"", "is not a private key in PEM form"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is not a private key in PEM form"),
        (COSIGN, "is in cosign's own format"),
        (pem(ec.generate_private_key(ec.SECP384R1())), "is not a key for ECDSA on P-256"),
        (pem(ed25519.Ed25519PrivateKey.generate()), "is not a key for ECDSA on P-256"),
    ],
    ids=["empty", "broken", "cosign", "P-384", "Ed25519"],
)
def test_a_key_that_cannot_sign_is_refused(tmp_path: Path, content: bytes, fact: str) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)

    with pytest.raises(Problem, match=fact) as refusal:
        keys.private(file)

    assert "openssl genpkey -algorithm EC" in refusal.value.findings[0].remedy


def test_a_private_key_is_refused_where_a_public_one_is_due(given: HandedOver) -> None:
    private, _ = given.key()

    assert "is a private key, and checking takes the public one" in found(given, private)


def test_a_key_that_is_not_there_is_refused(given: HandedOver) -> None:
    given.sign()

    assert "the key cannot be read: No such file or directory" in found(given, given.root / "none.pub")


def test_a_lean_environment_is_told_what_checking_a_signature_needs(
    given: HandedOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = given.sign()
    monkeypatch.setattr("paved_road.handoff.provenance.extras.find_spec", lambda library: None)

    said = found(given, public)

    assert "PROVENANCE001  checking a signature needs cryptography, and it is not installed" in said
    assert importlib.util.find_spec("cryptography")


# As people run it -----------------------------------------------------------
def test_sign_writes_both_signatures_and_says_what_is_next(given: HandedOver, road: Road) -> None:
    private, _ = given.key()

    code, said = road("handoff", "sign", "--handoff", given.folder, "--key", private)

    assert code == 0
    assert "handoff/manifest.json.sigstore.json and handoff/model.sig are written, with key" in said
    assert given.attestation.is_file()
    assert given.model_signature.is_file()


def test_a_packed_handoff_travels_with_its_signatures(given: HandedOver) -> None:
    public = given.sign()

    oci.pack(given.folder, given.root / "layout")
    oci.unpack(given.root / "layout", given.root / "elsewhere" / "handoff")

    assert found(HandedOver(given.root / "elsewhere"), public) == ""
    assert (given.root / "elsewhere/handoff/model.sig").is_file()


def test_verify_refuses_to_require_a_signature_of_nobody(given: HandedOver, road: Road) -> None:
    given.sign()

    code, said = road("handoff", "verify", "--served", "--handoff", given.folder, "--require-signature")

    assert code == 1
    assert "a signature is required, and no public key is named" in said
    assert "give --key or ROAD_PUBLIC_KEY, or set signing-key" in said


# What other tools say -------------------------------------------------------
def cosign(given: HandedOver, public: Path, blob: Path) -> tuple[int, str]:
    """Hold the attestation against a file, without a network."""
    nobody = given.root / "trusted_root.json"
    nobody.write_text('{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}')
    options = ("--new-bundle-format", "--insecure-ignore-tlog=true", "--trusted-root", nobody)
    about = ("--type", "slsaprovenance1", "--key", public, "--bundle", given.attestation)
    return tool(needs.program("cosign"), "verify-blob-attestation", *options, *about, blob)


def test_cosign_accepts_the_attestation_of_every_file(given: HandedOver) -> None:
    public = given.sign()

    for file in given.folder.iterdir():
        if file.name not in bundle.NAMES:
            code, said = cosign(given, public, file)
            assert code == 0, said
            assert "Verified OK" in said


def test_cosign_refuses_what_was_changed_and_another_key(given: HandedOver) -> None:
    public = given.sign()
    manifest = given.folder / "manifest.json"
    _, theirs = given.key("theirs")

    wrong_key = cosign(given, theirs, manifest)
    manifest.write_bytes(manifest.read_bytes() + b" ")
    changed = cosign(given, public, manifest)

    assert wrong_key[0] == 1
    assert "could not verify envelope" in wrong_key[1]
    assert changed[0] == 1
    assert "does not match any digest" in changed[1]


def test_model_signing_accepts_the_model_signature_with_the_files_that_stand_beside(given: HandedOver) -> None:
    (given.folder / "README.md").write_text("What this is.")
    public = given.sign()
    about = ("--signature", given.model_signature, "--public_key", public)

    code, said = tool(needs.program("model_signing"), "verify", "key", given.folder, *about)

    assert code == 0, said
    assert "Verification succeeded" in said


def config() -> Any:
    return verifying.Config()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("change", ["manifest.json", "model", "extra.bin"])
def test_model_signing_refuses_a_folder_in_which_something_was_changed(given: HandedOver, change: str) -> None:
    verifier = config().use_elliptic_key_verifier(public_key=given.sign())
    name = given.manifest.artifact.file.path if change == "model" else change
    with (given.folder / name).open("ab") as file:
        file.write(b" ")

    with pytest.raises(ValueError, match=f"Signature mismatch.*{name}"):
        verifier.verify(given.folder, given.model_signature)


def test_model_signing_refuses_another_key(given: HandedOver) -> None:
    given.sign()
    _, theirs = given.key("theirs")

    with pytest.raises(ValueError, match="Key mismatch"):
        config().use_elliptic_key_verifier(public_key=theirs).verify(given.folder, given.model_signature)


def test_what_cosign_attests_with_the_same_key_counts_as_signed(
    given: HandedOver, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = needs.program("cosign")
    monkeypatch.chdir(given.root)
    monkeypatch.setenv("COSIGN_PASSWORD", "")
    tool(program, "generate-key-pair")
    statement = attestation.statement(given.manifest, {})
    Path("predicate.json").write_text(json.dumps(statement["predicate"]))
    options = ("--new-bundle-format", "--tlog-upload=false", "--yes", "--type", "slsaprovenance1")
    about = ("--key", "cosign.key", "--predicate", "predicate.json", "--bundle", given.attestation)

    code, said = tool(program, "attest-blob", *options, *about, "handoff/manifest.json")

    assert code == 0, said
    assert found(given, Path("cosign.pub")) == ""
    shutil.copy(given.folder / "manifest.json", "other.json")
    given.replace_manifest()
    assert "SIGNATURE005" in found(given, Path("cosign.pub"))
