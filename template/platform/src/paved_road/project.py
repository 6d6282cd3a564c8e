"""Where things are in a generated repository, and its ``[tool.paved-road]`` settings."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from paved_road import deprecation
from paved_road.findings import problem

Format = Literal["onnx", "skops"]
"""What a model is handed over as."""
TrustedType = Annotated[str, msgspec.Meta(pattern=r"^(?:numpy|scipy|sklearn)(?:\.\w+)+$")]
"""A type by its module and name; of a package that the serving set has, for a team's own code is not in it."""
ServingExtra = Literal["traces"]
"""An extra of this package that a server may need beside those of its model's format."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The table ``[tool.paved-road]`` of a repository's ``pyproject.toml``.

    Attributes:
        package: import name of the team's training package under ``src/``.
        tracking_uri: MLflow tracking server, used where ``MLFLOW_TRACKING_URI`` is not set.
        experiment: MLflow experiment that runs are recorded in.
        git_limit_mib: files of a handoff that are larger are kept in the artifact store, MiB.
        artifact_store: folder or URL that artifacts are kept at, used where ``ROAD_ARTIFACT_STORE`` is not set.
        repository: URL of the repository, for links in alerts.
        signing_key: public key, from the root, that every handoff must be signed with; none asks for no signature.
        artifact: what a model is handed over as; all but ``onnx`` has to be signed, see docs/handoff.md.
        trusted_types: types that a model of another format may hold, beside those that its library trusts.
        serving_extras: what else the serving set has, and so every handoff and every image; see docs/run-the-server.md.
    """

    package: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_]\w*$")]
    tracking_uri: str = "sqlite:///.road/mlflow.db"
    experiment: str = "default"
    artifact_store: str = ".road/artifacts"
    git_limit_mib: Annotated[float, msgspec.Meta(ge=0)] = 20
    repository: str = ""
    signing_key: str = ""
    artifact: Format = "onnx"
    trusted_types: list[TrustedType] = []
    serving_extras: list[ServingExtra] = []


@dataclass(frozen=True)
class Project:
    """A generated repository on disk."""

    root: Path
    settings: Settings

    @property
    def source(self) -> Path:
        return self.root / "src" / self.settings.package

    @property
    def raci(self) -> Path:
        return self.root / "raci.yml"

    @property
    def contracts(self) -> Path:
        return self.root / "contracts"

    @property
    def handoff(self) -> Path:
        return self.root / "handoff"

    @property
    def state(self) -> Path:
        """Local working files, never committed."""
        return self.root / ".road"

    @property
    def candidate(self) -> Path:
        """What the last training run left for `road handoff build`."""
        return self.state / "candidate"

    def relative(self, path: Path) -> str:
        """A path as people write it: from the root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def find(start: Path | None = None) -> Project:
    """The repository that holds `start` (default: the current folder).

    Raises:
        Problem: if no folder upwards has a ``pyproject.toml`` with ``[tool.paved-road]``, or that table is wrong.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        settings = _settings(folder / "pyproject.toml")
        if settings is not None:
            return Project(folder, settings)
    raise problem(
        "PROJECT001",
        f"{here} is not inside a generated repository",
        "change into one: its pyproject.toml has a [tool.paved-road] table",
    )


def _settings(pyproject: Path) -> Settings | None:
    try:
        document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise problem("PROJECT002", f"cannot be read as TOML: {error}", "mend the file", path=str(pyproject)) from error
    tools = document.get("tool")
    table = tools.get("paved-road") if isinstance(tools, dict) else None
    if table is None:
        return None
    try:
        settings = msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        remedy = f"its settings are {', '.join(field.encode_name for field in msgspec.structs.fields(Settings))}"
        raise problem("PROJECT003", f"[tool.paved-road]: {error}", remedy, path=str(pyproject)) from error
    deprecation.warn("pyproject.toml", document)
    return settings
