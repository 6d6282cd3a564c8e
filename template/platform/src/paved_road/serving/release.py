"""One handed-over version, as the server answers with it."""

from concurrent.futures import Executor

import msgspec

from paved_road.contracts import api, limits
from paved_road.handoff.manifest import Manifest
from paved_road.serving.batching import Batcher
from paved_road.serving.metrics import Metrics
from paved_road.serving.model import Model


class Release:
    """What answers, and what is said of it; it never changes.

    Attributes:
        evidence: its manifest.
        batcher: what predicts; none as long as the model is being loaded.
        metrics: what it counts.
        version: the contract's version, and which artifact under it.
        header: the version as it goes with every answer.
        description: the API's, as OpenAPI in JSON.
        most: requests that may be under way at once.
    """

    def __init__(self, evidence: Manifest, model: Model | None, metrics: Metrics, threads: Executor) -> None:
        promise = evidence.contract.promise
        self.evidence, self.metrics = evidence, metrics
        self.batcher = Batcher(model, threads) if model else None
        self.version = evidence.version
        self.header = (b"x-model-version", self.version.encode())
        self.description = msgspec.json.encode(api.build(promise))
        self.most = limits.requests_under_way(promise.service_level.concurrency)
