"""A Prometheus that answers what a test tells it to."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Answers = Mapping[str, list[dict[str, Any]]]
"""By what an expression begins with: samples."""


def sample(value: float, **labels: str) -> dict[str, Any]:
    """One figure of now, as Prometheus writes it."""
    return {"metric": labels, "value": [0, str(value)]}


SILENT: Answers = {"model_info": [sample(1)], "model:input_rows": [sample(5000)]}
"""It watches, and nothing is the matter."""


@contextmanager
def answering(answers: Answers, status: int = 200, token: str = "") -> Iterator[str]:
    """Its address, while it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            expr = form["query"][0]
            allowed = not token or self.headers["Authorization"] == f"Bearer {token}"
            found = next((each for start, each in answers.items() if expr.startswith(start)), [])
            self.send_response(status if allowed else 401)
            self.end_headers()
            self.wfile.write(json.dumps({"data": {"resultType": "vector", "result": found}}).encode())

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
