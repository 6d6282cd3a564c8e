"""Where trials are kept: a file of this repository, or a database that several machines share."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paved_road import workers
from paved_road.findings import problem
from paved_road.stores.mlflow_client import without_credentials, without_secrets

VARIABLE = "ROAD_TUNE_STORAGE"
PATIENCE_S = 5


def opened(state: Path, name: str, maximize: bool) -> Any:
    """The study of that name; what it holds already goes on counting.

    Args:
        state: folder of the repository's working files.
        name: of the study.
        maximize: whether more is better.

    Raises:
        Problem: if the database cannot be reached, or needs a package that is missing.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    url = os.environ.get(VARIABLE) or f"sqlite:///{state / 'tune.db'}"
    shared = url.startswith("postgresql")
    if shared:
        workers.require("psycopg", "postgresql", "to keep trials in PostgreSQL")
        url = f"postgresql+psycopg://{url.partition('://')[2]}"
    with translated(url):
        waiting = {"connect_args": {"connect_timeout": PATIENCE_S}, "pool_pre_ping": True} if shared else {}
        storage = optuna.storages.RDBStorage(url, engine_kwargs=waiting)
        direction = optuna.study.StudyDirection.MAXIMIZE if maximize else optuna.study.StudyDirection.MINIMIZE
        study = optuna.create_study(storage=storage, study_name=name, direction=direction, load_if_exists=True)
        # Who shares a study may not begin with the same guesses; who goes on with one may not repeat them.
        study.sampler = optuna.samplers.TPESampler(seed=None if shared else len(study.trials))
    return study


@contextmanager
def translated(url: str = "") -> Iterator[None]:
    """Turn what a database raises into a `Problem`, without its password."""
    from optuna.exceptions import StorageInternalError
    from sqlalchemy.exc import SQLAlchemyError

    url = url or os.environ.get(VARIABLE, "")
    try:
        yield
    except (SQLAlchemyError, StorageInternalError, ModuleNotFoundError) as error:
        cause = error.__cause__ or error
        said = without_secrets(" ".join(str(getattr(cause, "orig", cause)).split())[:300], url)
        fact = f"trials cannot be kept at {without_credentials(url) or 'the database'}: {said}"
        raise problem("TUNE002", fact, f"check {VARIABLE}, or unset it to keep them in .road/") from error


def complete(study: Any) -> int:
    """How many trials gave a figure, whoever did them."""
    from optuna.trial import TrialState

    return len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)))
