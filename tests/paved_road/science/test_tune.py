"""`road tune` measures on rows that are neither fitted on nor golden, goes on where it ended, and is reviewed."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from paved_road import workers
from paved_road.contracts import arrays
from paved_road.findings import Problem, as_text
from paved_road.project import Project
from paved_road.science import study, team, tuning
from paved_road.science.split import split, validation
from paved_road.science.tracking import Tracker
from paved_road.stores.candidate import Tracking

from ..handoff.handoff_examples import DATA, golden_table, promise, silent
from .conftest import Team

LOAD = "import pandas as pd\n\ndef load():\n    return pd.read_parquet('ROOT/table.parquet')\n"
TRAIN = """
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

def train(inputs, target, strength=1.0):
    with open('ROOT/seen', 'a') as seen:
        seen.writelines(f'{amount}\\n' for amount in inputs['amount'])
    with open('ROOT/tried', 'a') as tried:
        tried.write(f'{strength}\\n')
    if strength < 0:
        raise ValueError('too weak')
    return make_pipeline(ColumnTransformer([('n', 'passthrough', ['amount'])]), LogisticRegression(C=strength)).fit(
        inputs, target)
"""
SPACE = "def space(trial):\n    return {'strength': trial.suggest_float('strength', 0.001, 10, log=True)}\n"
BAD_SPACE = "def space(trial):\n    return {'strength': -trial.suggest_float('strength', 1, 2)}\n"

COLUMNS = dict.fromkeys(("payment", "from", "channel", "note"), "string")
COLUMNS |= {"amount": "number", "usual": "number", "items": "integer", "at": "timestamp"}
COLUMNS |= {"abroad": "boolean", "is_fraud": "boolean"}
TABLE = {"name": "payments", "properties": [{"name": name, "logicalType": kind} for name, kind in COLUMNS.items()]}

Tune = Callable[..., tuning.Best]


class Tracked(Tracker):
    """What would be tracked."""

    def __init__(self) -> None:
        self.trials: list[int] = []
        self.recorded: dict[str, Any] = {}

    def require_server(self) -> None: ...

    def abandon(self) -> None: ...

    def trial(self, number: int, parameters: dict[str, str], metrics: dict[str, float]) -> None:
        self.trials.append(number)

    def finish(self, parameters: dict[str, str], metrics: dict[str, float], tags: dict[str, str]) -> Tracking:
        self.recorded = {"parameters": parameters, "metrics": metrics, "tags": tags}
        return Tracking(uri="sqlite:///x", experiment="x", run="r1")


@pytest.fixture
def project(team: Team, tmp_path: Path) -> Project:
    """A repository whose training package tells what it saw."""
    root = str(tmp_path.resolve())
    here = team(data=LOAD.replace("ROOT", root), model=TRAIN.replace("ROOT", root), search=SPACE)
    pq.write_table(golden_table(promise()), here.root / "table.parquet")
    here.contracts.mkdir()
    (here.contracts / "data.yml").write_text(DATA + yaml.safe_dump({"schema": [TABLE]}))
    (here.contracts / "model.yml").write_text(yaml.safe_dump(msgspec.to_builtins(promise()), sort_keys=False))
    here.state.mkdir()
    person = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "First commit"]):
        subprocess.run(["git", *person, *command], cwd=here.root, check=True)
    return here


@pytest.fixture
def tracked() -> Tracked:
    return Tracked()


@pytest.fixture
def tune(project: Project, tracked: Tracked, monkeypatch: pytest.MonkeyPatch) -> Tune:
    """Search in this process."""
    for name in (workers.ADDRESS, study.VARIABLE):
        monkeypatch.delenv(name, raising=False)

    def searched(trials: int = 3, metric: str | None = None) -> tuning.Best:
        with workers.hired(1) as hired:
            asked = tuning.Asked(trials, metric, team.parameters_file(project))
            return tuning.tune(project, tracked, silent, hired, asked)

    return searched


def lines(project: Project, name: str) -> list[str]:
    return (project.root / name).read_text().splitlines()


def test_the_best_parameters_stand_in_a_file_that_people_review(tune: Tune, project: Project) -> None:
    best = tune()

    text = team.parameters_file(project).read_text()
    assert team.parameters(project) == best.parameters
    assert f"the best of 3 trials, roc_auc {best.value:.4f} on 38 validation rows" in text
    assert best.parameters.keys() == {"strength"}


def test_the_first_trial_is_what_is_used_now(tune: Tune, project: Project) -> None:
    team.parameters_file(project).write_text("strength: 0.125\n")

    tune()

    assert lines(project, "tried")[0] == "0.125"


def test_no_golden_row_is_ever_fitted_on_or_measured(
    tune: Tune, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[float] = []
    target_array = arrays.target_array

    def watched(table: pa.Table, *more: Any) -> Any:
        measured.extend(table["amount"].to_pylist())
        return target_array(table, *more)

    monkeypatch.setattr(arrays, "target_array", watched)
    learn, golden = split(pd.read_parquet(project.root / "table.parquet"), promise(), project.handoff)

    tune()

    seen = {float(amount) for amount in lines(project, "seen")} | set(measured)
    assert seen == set(learn["amount"])
    assert not seen & set(golden["amount"].to_pylist())


def test_validation_rows_are_the_newest_where_golden_rows_are() -> None:
    by_time = promise(golden={"key": "payment", "newest_by": "at", "share": 0.25})
    learn = golden_table(promise(), 100).to_pandas()

    fit, held = validation(learn, by_time)

    assert len(held) == 25
    assert fit["at"].max() <= held["at"].min()


def test_a_search_goes_on_where_it_ended(tune: Tune, project: Project, tracked: Tracked) -> None:
    first = tune(2)
    second = tune(5)

    assert len(lines(project, "tried")) == 5
    assert tracked.trials == [0, 1, 2, 3, 4]
    assert (second.trials, second.study) == (5, first.study)
    assert second.value >= first.value


def test_other_code_is_another_study(tune: Tune, project: Project) -> None:
    first = tune(1)
    (project.source / "features.py").write_text("# another\n")

    second = tune(1)

    assert first.study != second.study


def test_a_search_is_tracked_with_what_it_found(tune: Tune, tracked: Tracked) -> None:
    best = tune()

    assert tracked.recorded["parameters"] == {"strength": str(best.parameters["strength"])}
    assert tracked.recorded["metrics"] == {"validation_roc_auc": best.value}
    assert tracked.recorded["tags"]["trials"] == "3"


def test_a_metric_with_a_ceiling_is_searched_downwards(tune: Tune, project: Project) -> None:
    loss = promise(success_metrics=[{"metric": "log_loss", "ceiling": 0.9}])
    (project.contracts / "model.yml").write_text(yaml.safe_dump(msgspec.to_builtins(loss), sort_keys=False))

    best = tune(4)

    found = study.opened(project.state, best.study, maximize=False)
    assert best.value == min(trial.value for trial in found.trials)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"search": "x = 1\n"}, "search.py  TEAM002  has no function space()"),
        (
            {"search": "def space(trial):\n    trial.nothing()\n"},
            "search.py:2  TEAM001  space(): AttributeError",
        ),
        ({"search": BAD_SPACE}, "TEAM001  train() with {'strength': -"),
        ({"search": SPACE.replace("'strength':", "'power':")}, "unexpected keyword argument 'power'"),
    ],
)
def test_a_mistake_of_the_team_is_shown_where_it_is(
    tune: Tune, project: Project, files: dict[str, str], message: str
) -> None:
    for name, text in files.items():
        (project.source / f"{name}.py").write_text(text)

    with pytest.raises(Problem) as refusal:
        tune()

    assert message in as_text(refusal.value.findings)


def test_without_a_search_space_the_page_that_shows_one_is_named(tune: Tune, project: Project) -> None:
    (project.source / "search.py").unlink()

    with pytest.raises(Problem, match="nothing says which parameters to try") as refusal:
        tune()

    assert refusal.value.findings[0].remedy == "docs/grow.md shows it"


def test_a_metric_that_the_contract_does_not_name_is_refused(tune: Tune) -> None:
    with pytest.raises(Problem, match=r"f1 is no success metric of contracts/model\.yml"):
        tune(metric="f1")


@pytest.mark.parametrize(
    ("text", "message"),
    [("- 1\n", "is no mapping of parameters"), ("a b: 1\n", "is no mapping"), ("a: [", "cannot be read as YAML")],
)
def test_a_file_of_parameters_that_is_none_is_refused(project: Project, text: str, message: str) -> None:
    team.parameters_file(project).write_text(text)

    with pytest.raises(Problem, match=message):
        team.parameters(project)


def test_a_database_that_does_not_answer_is_named_without_its_password(
    tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(study.VARIABLE, "postgresql://ada:s3cret@127.0.0.1:1/tune")

    with pytest.raises(Problem) as refusal:
        tune()

    said = as_text(refusal.value.findings)
    assert "trials cannot be kept at postgresql+psycopg://127.0.0.1:1/tune: " in said
    assert "check ROAD_TUNE_STORAGE" in said
    assert "s3cret" not in said
