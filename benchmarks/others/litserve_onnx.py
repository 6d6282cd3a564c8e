"""LitServe with the ONNX file."""

import sys
from typing import Any

import litserve
from fraud import Model


class Fraud(litserve.LitAPI):
    """One worker, without batching: it would wait for more requests, and one record is answered in microseconds."""

    def setup(self, device: str) -> None:
        self._model = Model()

    def predict(self, x: Any) -> Any:
        many = x if isinstance(x, list) else [x]
        given = self._model.predict(many)
        return given if isinstance(x, list) else given[0]


if __name__ == "__main__":
    server = litserve.LitServer(Fraud(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, generate_client_file=False)
