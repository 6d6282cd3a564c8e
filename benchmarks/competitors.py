"""Who is measured: how each server is started, and how it wants to be asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Body = Callable[[dict[str, Any], int], Any]


def plain(record: dict[str, Any], size: int) -> Any:
    """A record, or a list of them."""
    return record if size == 1 else [record] * size


def under(key: str) -> Body:
    """A list of records under a key."""
    return lambda record, size: {key: [record] * size}


@dataclass(frozen=True)
class Peer:
    """A server.

    Attributes:
        name: as in the table.
        command: what starts it; `{python}`, `{port}`, `{handoff}`, `{model}` and `{root}` are filled in.
        requirements: its file in others/requirements; empty for the generated project's environment.
        path: where it predicts.
        body: a request for so many times a record.
        record: `record` as the contract says it, or `prepared` as the estimator takes it.
        prepare: script in others/ that writes the model as the server wants it.
    """

    name: str
    command: tuple[str, ...]
    requirements: str = ""
    path: str = "/predict"
    body: Body = plain
    record: str = "record"
    prepare: str = ""


def uvicorn(app: str) -> tuple[str, ...]:
    quick = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
    return ("{python}", "-m", "uvicorn", app, "--port", "{port}", *quick)


OURS = Peer("`road serve`", ("{python}", "-m", "paved_road", "serve", "--handoff", "{handoff}", "--port", "{port}"),
            path="/v1/predict")  # fmt: skip
FLOOR = Peer(
    "bare ASGI, msgspec, onnxruntime: the floor",
    ("{python}", "{root}/benchmarks/serving.py", "--handoff", "{handoff}", "--bare", "{port}"),
)
FASTAPI = Peer("FastAPI, pydantic, onnxruntime", uvicorn("fastapi_onnx:app"), "fastapi-onnx")
LITSERVE = Peer("LitServe, onnxruntime", ("{python}", "litserve_onnx.py", "{port}"), "litserve")
BENTOML = Peer(
    "BentoML, onnxruntime",
    ("{python}", "-m", "bentoml", "serve", "bentoml_onnx:Fraud", "--port", "{port}"),
    "bentoml",
    body=under("records"),
)
RAY = Peer("Ray Serve, onnxruntime", ("{python}", "ray_onnx.py", "{port}"), "ray", path="/")
MLFLOW = Peer(
    "`mlflow models serve`, scikit-learn",
    ("{python}", "-m", "mlflow", "models", "serve", "--model-uri", "{model}/mlflow", "--port", "{port}",
     "--env-manager", "local", "--workers", "1"),
    "mlflow",
    path="/invocations",
    body=under("dataframe_records"),
    record="prepared",
    prepare="mlflow_model.py",
)  # fmt: skip
PEERS = (
    FASTAPI,
    Peer("FastAPI, pydantic, scikit-learn", uvicorn("fastapi_sklearn:app"), "fastapi-sklearn"),
    LITSERVE,
    BENTOML,
    RAY,
    MLFLOW,
)
