"""Ray Serve with the ONNX file."""

import signal
import sys
from typing import Any

import ray
from fraud import Model
from ray import serve
from starlette.requests import Request


@serve.deployment(max_ongoing_requests=64)
class Fraud:
    """One replica."""

    def __init__(self) -> None:
        self._model = Model()

    async def __call__(self, request: Request) -> Any:
        body = await request.json()
        many = body if isinstance(body, list) else [body]
        given = self._model.predict(many)
        return given if isinstance(body, list) else given[0]


if __name__ == "__main__":
    ray.init(include_dashboard=False, log_to_driver=False)
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(Fraud.bind())  # type: ignore[attr-defined]
    signal.sigwait([signal.SIGTERM, signal.SIGINT])
    ray.shutdown()
