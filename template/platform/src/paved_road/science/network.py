"""A PyTorch module together with what prepares its inputs: what `train()` returns, however it was trained.

A module alone would leave scaling and encoding behind, and serving could not repeat them.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import nn

_BATCH = 8_192


class _Network(ABC):
    def __init__(self, features: Any, module: nn.Module, parameters: Mapping[str, Any] | None = None) -> None:
        """Keep a trained module, on the CPU and without dropout.

        Args:
            features: fitted scikit-learn transformer from the contract's inputs to numbers, shape (rows, features).
            module: trained; takes float32 of that shape, missing as NaN if `features` lets it pass.
            parameters: what to record with the tracked run, such as the learning rate.
        """
        self.features = features
        self.module = self._finish(copy.deepcopy(module)).cpu().eval()
        self.parameters = dict(parameters or {})

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """As scikit-learn's estimators: what it is made of, and what is recorded."""
        return {"features": self.features, "module": self.module, **self.parameters}

    @abstractmethod
    def _finish(self, module: nn.Module) -> nn.Module:
        """The module with what turns its figures into predictions."""

    def _run(self, inputs: pd.DataFrame) -> NDArray[np.float32]:
        rows = np.asarray(self.features.transform(inputs), dtype=np.float32)
        with torch.inference_mode():
            parts = [self.module(torch.from_numpy(rows[at : at + _BATCH])) for at in range(0, len(rows), _BATCH)]
        return np.concatenate([part.numpy() for part in parts])


class NetworkClassifier(_Network):
    """Its module gives logits, (rows, classes); for two classes also one log-odds, (rows,) or (rows, 1)."""

    def predict_proba(self, inputs: pd.DataFrame) -> NDArray[np.float32]:
        """Probabilities, shape (rows, classes)."""
        return self._run(inputs)

    def predict(self, inputs: pd.DataFrame) -> NDArray[np.int64]:
        """Positions of the most probable classes, shape (rows,)."""
        return self.predict_proba(inputs).argmax(axis=1)

    def _finish(self, module: nn.Module) -> nn.Module:
        return _Probabilities(module)


class NetworkRegressor(_Network):
    """Its module gives values, (rows,) or (rows, 1)."""

    def predict(self, inputs: pd.DataFrame) -> NDArray[np.float32]:
        """Values, shape (rows,)."""
        return self._run(inputs).ravel()

    def _finish(self, module: nn.Module) -> nn.Module:
        return module


class _Probabilities(nn.Module):
    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.module(features)
        if logits.ndim == 1 or logits.shape[1] == 1:
            odds = logits.reshape(-1, 1)
            return torch.cat([torch.sigmoid(-odds), torch.sigmoid(odds)], dim=1)
        return torch.softmax(logits, dim=1)
