"""A scikit-learn model that has no ONNX form, and what a stranger might hand over in its place."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import skops.io
from paved_road.contracts import arrays
from paved_road.contracts.model import ModelContract
from paved_road.native.table import frame
from paved_road.stores.candidate import Candidate
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from .handoff_examples import Repository, golden_table, promise

TREE = "sklearn.tree._tree.Tree"


def of() -> ModelContract:
    return promise(threshold=0.5, version="2.0.0")


def inputs(table: pa.Table, contract: ModelContract) -> Any:
    names = [field.name for field in contract.numbers], [field.name for field in contract.strings]
    return frame(*arrays.to_arrays(table, contract), names)


def fitted(last: Any = None) -> Any:
    """A pipeline with a step that skl2onnx does not know."""
    table, contract = golden_table(of()), of()
    features = ColumnTransformer(
        [
            ("log", FunctionTransformer(np.log1p), ["amount"]),
            ("as it is", "passthrough", ["amount"]),
            ("home", OneHotEncoder(handle_unknown="ignore"), ["from"]),
        ]
    )
    model = make_pipeline(features, last or LogisticRegression(C=1000, max_iter=1000))
    return model.fit(inputs(table, contract), arrays.target_array(table, contract))


def saved(folder: Path, model: Any) -> Path:
    """A model as a skops file."""
    file = folder / "model.skops"
    file.write_bytes(skops.io.dumps(model))
    return file


def rewritten(content: bytes, change: Callable[[dict[str, bytes]], object], packed: bool = False) -> bytes:
    """The same archive with other members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, part in members.items():
            archive.writestr(name, part)
    return made.getvalue()


def holding(content: bytes, module: str, name: str) -> bytes:
    """A file whose object is of another type."""

    def change(members: dict[str, bytes]) -> None:
        described = json.loads(members["schema.json"])
        described |= {"__module__": module, "__class__": name}
        members["schema.json"] = json.dumps(described).encode()

    return rewritten(content, change)


def settle_on_skops(repository: Repository, *trusted: str) -> None:
    """Choose the native format in [tool.paved-road]."""
    pyproject = repository.root / "pyproject.toml"
    chosen = f'[tool.paved-road]\nartifact = "skops"\ntrusted-types = {json.dumps(list(trusted))}\n'
    pyproject.write_text(pyproject.read_text().replace("[tool.paved-road]\n", chosen))


def trains(repository: Repository, last: Any = None, trusted: tuple[str, ...] = ()) -> None:
    """Leave the candidate that `road train` would have left."""
    repository.promises(of())
    table, model = golden_table(of()), fitted(last)
    repository.trains(of(), table)
    candidate = Candidate(repository.project.candidate)
    candidate.model("onnx").unlink()
    saved(candidate.folder, model)
    np.save(candidate.trained, model.predict_proba(inputs(table, of())))
    run = json.loads(candidate.run_file.read_text())
    candidate.run_file.write_text(json.dumps(run | {"format": "skops", "trusted": list(trusted)}))
    pq.write_table(table, candidate.golden)


def tree() -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=4, random_state=0)
