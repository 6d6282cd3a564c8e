"""JSON Schema of what a RayJob may say here.

KubeRay's own definitions are on no package registry. These are the fields that the template uses, as they are in
ray.io/v1 of KubeRay 1.7: a field that is not among them is refused, so a new one has to be looked up there first.
Pods in it are not described: they are held against Kubernetes' own schema.
"""

from typing import Any

_COUNT = {"type": "integer", "minimum": 0}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_POD = {"type": "object", "required": ["spec"]}


def _closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_WORKERS = _closed(
    ["groupName", "minReplicas", "maxReplicas", "template"],
    groupName={"type": "string"},
    replicas=_COUNT,
    minReplicas=_COUNT,
    maxReplicas=_COUNT,
    rayStartParams=_TEXTS,
    template=_POD,
)
_CLUSTER = _closed(
    ["headGroupSpec"],
    rayVersion={"type": "string"},
    authOptions=_closed(["mode"], mode={"enum": ["disabled", "token"]}),
    headGroupSpec=_closed(["template"], rayStartParams=_TEXTS, template=_POD),
    workerGroupSpecs={"type": "array", "items": _WORKERS},
)
RAY_JOB: dict[str, Any] = _closed(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayJob"},
    metadata={"type": "object"},
    spec=_closed(
        ["entrypoint", "rayClusterSpec"],
        entrypoint={"type": "string"},
        runtimeEnvYAML={"type": "string"},
        submissionMode={"enum": ["K8sJobMode", "HTTPMode", "InteractiveMode", "SidecarMode"]},
        shutdownAfterJobFinishes={"type": "boolean"},
        ttlSecondsAfterFinished=_COUNT,
        backoffLimit=_COUNT,
        rayClusterSpec=_CLUSTER,
    ),
)
