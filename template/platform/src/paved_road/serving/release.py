"""One handed-over version, as the server answers with it."""

import msgspec

from paved_road.contracts import api, limits
from paved_road.handoff.manifest import Manifest
from paved_road.serving.metrics import Metrics
from paved_road.serving.model import Model


class Release:
    """What answers, and what is said of it; it never changes.

    Attributes:
        evidence: its manifest.
        model: what predicts; none as long as it is being loaded.
        metrics: what it counts.
        version: the contract's version, and which artifact under it.
        header: the version as it goes with every answer.
        description: the API's, as OpenAPI in JSON.
        most: requests that may be under way at once.
    """

    def __init__(self, evidence: Manifest, model: Model | None, metrics: Metrics) -> None:
        promise = evidence.contract.promise
        self.evidence, self.model, self.metrics = evidence, model, metrics
        self.version = evidence.version
        self.header = (b"x-model-version", self.version.encode())
        self.description = msgspec.json.encode(api.build(promise))
        self.most = limits.requests_under_way(promise.service_level.concurrency)
