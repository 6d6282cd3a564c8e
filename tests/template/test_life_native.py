"""A model without an ONNX form, from the error that names the way to the answer that it gives."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from served import ask, served

from tests.template.conftest import git, required, run
from tests.template.lives.life import promise_less

pytestmark = pytest.mark.xdist_group("life")

FEATURES = '''"""Numbers as their cube roots, which skl2onnx does not know."""

from collections.abc import Sequence

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder


def features(numbers: Sequence[str], strings: Sequence[str]) -> ColumnTransformer:
    """Roots of numbers, categories over columns."""
    spread = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    root = FunctionTransformer(np.cbrt)
    return ColumnTransformer([("numbers", root, list(numbers)), ("strings", spread, list(strings))])
'''
TREE = "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"


def refused(project: Path, *command: str) -> str:
    done = run(project, *command)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def settings(project: Path, *lines: str) -> None:
    """Add lines to [tool.paved-road]."""
    pyproject = project / "pyproject.toml"
    added = "".join(f"{line}\n" for line in ("[tool.paved-road]", *lines))
    pyproject.write_text(pyproject.read_text().replace("[tool.paved-road]\n", added))


def keys(project: Path) -> Path:
    """A pair of keys as docs/provenance.md makes them; gives the private one, and commits the other."""
    private = project.parent / "handoff.pem"
    made = ("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(private))
    subprocess.run(made, check=True, capture_output=True)
    public = project / "contracts" / "handoff.pub"
    subprocess.run(["openssl", "pkey", "-in", str(private), "-pubout", "-out", str(public)], check=True)
    return private


def test_a_model_that_does_not_export_is_handed_over_signed(clone: Path) -> None:
    (clone / "src/fraud_scoring/features.py").write_text(FEATURES)

    # The error names the part and the way, and the way asks for trust by name.
    said = refused(clone, "road", "train")
    assert "EXPORT002  Pipeline cannot be exported to ONNX" in said
    assert "FunctionTransformer" in said
    (line,) = re.findall(r'or hand over its native form, signed: (artifact = "skops") in \[tool.paved-road\]', said)
    settings(clone, line)
    said = refused(clone, "road", "train")
    assert f"EXPORT004  the model holds {TREE}, which skops does not trust by itself" in said
    (line,) = re.findall(r"(trusted-types = \[.*\]) in \[tool.paved-road\]", said)
    settings(clone, line, 'signing-key = "contracts/handoff.pub"')

    # Built, it holds once it is signed, and is served then and only then.
    private = keys(clone)
    promise_less(clone)
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "Roots")
    required(clone, "road", "train")
    required(clone, "road", "handoff", "build")
    assert "SIGNATURE004" in refused(clone, "road", "handoff", "verify")
    assert "SIGNATURE004" in refused(clone, "road", "serve", "--port", "0")
    required(clone, "road", "handoff", "sign", "--key", str(private))
    assert "checks hold" in required(clone, "road", "handoff", "verify")
    assert "checks hold" in required(clone, "road", "handoff", "verify", "--served")
    with served(clone) as said_when_ready:
        assert ask(said_when_ready).keys() == {"fraud_probability", "is_fraud"}

    # The repository's other checks take what it added, and what others read says what it is.
    required(clone, "road", "raci", "check")
    required(clone, "road", "contract", "check")
    assert "skops, in a process of its own" in required(clone, "road", "handoff", "report", "--json") + (
        clone / ".road" / "report.html"
    ).read_text(encoding="utf-8")
    resources = json.loads((clone / "handoff" / "manifest.json").read_text())["resources"]
    assert resources["steady_memory_mib"] > 200
