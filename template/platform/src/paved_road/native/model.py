"""A skops file as a model that predicts: its types are looked at first, and built only if all of them are trusted."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn.metrics import pairwise_distances_argmin

from paved_road.native.order import Loaded, Order
from paved_road.native.table import frame


def prepare() -> None:
    """Let libraries look around for what they keep, while they still may."""
    pairwise_distances_argmin(np.zeros((1, 1)), np.zeros((1, 1)))  # looks for threads to limit, through ctypes
    frame(np.zeros((1, 1)), np.array([["a"]], dtype=object), (["number"], ["text"]))


class Model:
    """A model that was built from a file."""

    def __init__(self, built: Any, order: Order) -> None:
        self._predict = built.predict_proba if order.classes else built.predict
        self._columns, self._classes = (order.numbers, order.strings), order.classes

    def predict(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        """Probabilities, shape (rows, classes), or values, shape (rows,).

        Raises:
            Exception: whatever the model raises.
        """
        given = np.asarray(self._predict(frame(numbers, strings, self._columns)), dtype=np.float64)
        wanted = (len(numbers), self._classes) if self._classes else (len(numbers),)
        if given.size != np.prod(wanted):
            raise ValueError(f"gave figures of shape {given.shape} for {len(numbers)} rows")
        return given.reshape(wanted)


def load(content: bytes, order: Order) -> tuple[Loaded, Model | None]:
    """Build a model, if it may be built; or say why not."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            protocol = json.loads(archive.read("schema.json"))["protocol"]
        needs = skops.io.get_untrusted_types(data=content)
        if others := sorted(set(needs) - set(order.trusted)):
            return Loaded(refused=f"holds {', '.join(others)}, which nobody trusts", code="ARTIFACT005"), None
        built = skops.io.loads(content, trusted=order.trusted)
    except Exception as error:  # a file that anybody wrote may raise anything
        return Loaded(refused=f"cannot be loaded by skops: {said(error)}", code="ARTIFACT001"), None
    if unfit := _unfit(built, order):
        return Loaded(protocol=protocol, needs=needs, unfit=unfit), None
    return Loaded(protocol=protocol, needs=needs), Model(built, order)


def said(error: BaseException) -> str:
    """An error in one line that is not too long."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _unfit(built: Any, order: Order) -> list[str]:
    facts, columns = [], [*order.numbers, *order.strings]
    if not hasattr(built, "predict_proba" if order.classes else "predict"):
        facts.append(f"is a {type(built).__name__}, which gives no {'probabilities' if order.classes else 'values'}")
    if order.classes and np.asarray(getattr(built, "classes_", [])).tolist() != list(range(order.classes)):
        facts.append(f"did not learn the contract's {order.classes} classes")
    given = getattr(built, "feature_names_in_", None)
    if given is not None and list(given) != columns:
        facts.append(f"has the inputs {', '.join(map(str, given))}, not {', '.join(columns)}")
    width = getattr(built, "n_features_in_", len(columns))
    if width != len(columns):
        facts.append(f"has {width} inputs, and the contract has {len(columns)}")
    return facts
