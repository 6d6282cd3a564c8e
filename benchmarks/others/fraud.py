"""What the ONNX file takes and gives, for servers that leave both to their user."""

import os
from datetime import datetime
from typing import Any

import numpy as np
import onnxruntime as ort

NUMBERS = ("amount", "usual_amount", "card_issued_at", "distance_from_home_km", "transactions_last_day", "local_hour",
           "pin_verified")  # fmt: skip
STRINGS = ("merchant_category", "merchant_region", "channel", "device")
THRESHOLD = 0.7


class Model:
    """The handed-over model."""

    def __init__(self) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(os.environ["ONNX_FILE"], options)

    def predict(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Predictions for records whose times are text or already parsed."""
        numbers = np.array([[_number(record[name]) for name in NUMBERS] for record in records], dtype=np.float64)
        strings = np.array([[record[name] or "" for name in STRINGS] for record in records], dtype=object)
        (shares,) = self._session.run(None, {"numbers": numbers, "strings": strings})
        return [{"is_fraud": share >= THRESHOLD, "fraud_probability": share} for share in shares[:, 1].tolist()]


def _number(value: Any) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.timestamp() if isinstance(value, datetime) else value
