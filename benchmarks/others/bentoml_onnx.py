"""BentoML with the ONNX file."""

from typing import Any

import bentoml
from fraud import Model


@bentoml.service(workers=1)
class Fraud:
    """One worker."""

    def __init__(self) -> None:
        self._model = Model()

    @bentoml.api
    async def predict(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return self._model.predict(records)
