"""A small handoff with every file, and the keys that sign it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from paved_road.cli.main import main
from paved_road.handoff import manifest
from paved_road.handoff.manifest import Manifest, Measure, Package, SliceMeasure
from paved_road.handoff.provenance import signing
from paved_road.handoff.provenance.bundle import ATTESTATION, MODEL

from ..serving.serving_examples import NOTHING, contract, hand_over

PACKAGES = [
    Package(name="numpy", version="2.4.0", marker="", sha256=["a" * 64, "b" * 64]),
    Package(name="uvloop", version="0.23.0", marker="sys_platform != 'win32'", sha256=["c" * 64]),
]
SLICES = {
    "channel": {
        "chip": SliceMeasure(rows=9, value=0.5, low=0.25, high=0.75),
        "few": SliceMeasure(rows=1, value=1.0, low=None, high=None),
        "odd": SliceMeasure(rows=0, value=None, low=None, high=None),
    }
}
MEASURED = Measure(value=0.875, low=0.85, high=0.9, slices=SLICES)


@dataclass(frozen=True)
class HandedOver:
    """A handoff folder, and keys beside it."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "handoff"

    @property
    def manifest(self) -> Manifest:
        return manifest.load(self.folder)

    @property
    def attestation(self) -> Path:
        return self.folder / ATTESTATION

    @property
    def model_signature(self) -> Path:
        return self.folder / MODEL

    def key(self, name: str = "ours") -> tuple[Path, Path]:
        """A pair of keys, made when first asked for: the private and the public file."""
        private, public = self.root / f"{name}.pem", self.root / f"{name}.pub"
        if not private.exists():
            pair = ec.generate_private_key(ec.SECP256R1())
            private.write_bytes(pem(pair))
            form = serialization.PublicFormat.SubjectPublicKeyInfo
            public.write_bytes(pair.public_key().public_bytes(serialization.Encoding.PEM, form))
        return private, public

    def sign(self, name: str = "ours") -> Path:
        """Sign with a key, and give its public half."""
        private, public = self.key(name)
        signing.sign(self.folder, private, None)
        return public

    def replace_manifest(self) -> None:
        """Put another manifest of the same files in place, sound in itself."""
        changed = msgspec.structs.replace(self.manifest, created_at="2026-04-01T12:00:00Z").sealed()
        (self.folder / "manifest.json").write_bytes(manifest.render(changed))


def pem(key: Any, password: str | None = None) -> bytes:
    """A private key in PEM form, encrypted if there is a password."""
    hidden: Any = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    content: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    return content


def handed_over(root: Path) -> HandedOver:
    """A handoff whose every file is there, with packages and metrics worth telling."""
    folder = root / "handoff"
    evidence = hand_over(folder, contract())
    dependencies = msgspec.structs.replace(evidence.dependencies, packages=PACKAGES)
    baseline = msgspec.structs.replace(evidence.baseline, metrics={"roc_auc": MEASURED})
    whole = msgspec.structs.replace(evidence, dependencies=dependencies, baseline=baseline).sealed()
    for file in whole.files:
        if file.sha256 == NOTHING:
            (folder / file.path).touch()
    (folder / "manifest.json").write_bytes(manifest.render(whole))
    return HandedOver(root)


@dataclass(frozen=True)
class Road:
    """`road`, in this process, as a person would run it."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> tuple[int, str]:
        """Exit code and all output."""
        self.monkeypatch.setattr(sys, "argv", ["road", *map(str, arguments)])
        code: Any = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
        said = self.capsys.readouterr()
        return int(code), said.out + said.err


def tool(*command: str | Path) -> tuple[int, str]:
    """Exit code and all output of another program."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout
