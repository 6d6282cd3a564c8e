"""The portal: Backstage's own scaffolder runs the template's form, and makes what the command line makes."""

import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import portal_form
import pytest
import yaml
from allpairspy import AllPairs
from tools import needs, portal
from tools.portal import Portal

from tests.template.conftest import ROOT, committed, copier_cli, git

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
Answers = dict[str, Any]
ByHand = Callable[[Answers], portal.Files]

QUESTIONS: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
ASKED = {
    name: body
    for name, body in QUESTIONS.items()
    if name[0] != "_" and body.get("ask", True) and body.get("when", True)
}
CHOICES = {name: list(body["choices"].values()) for name, body in ASKED.items() if "choices" in body}
CHOICES["gpu"] = [False, True]
PLAIN: Answers = {"project_name": "Fraud Scoring", "organization": "acme", "description": 'é "x" {{ y }} 🙂 # a: b'}


ROWS = [PLAIN | {name: values[number % len(values)] for name, values in CHOICES.items()} for number in range(4)]
"""Answers in which every choice of every question is made; each row goes another way through the portal."""
FIRST, SECOND, THIRD, FOURTH = ROWS
PAIRS = [PLAIN | dict(zip(CHOICES, chosen, strict=True)) for chosen in AllPairs(list(CHOICES.values()))]
"""Answers in which every two choices meet: `make pairs` has Backstage make them all."""
DRY = PAIRS if os.environ.get("ROAD_PAIRS") else [SECOND, THIRD]


def test_the_rows_make_every_choice_of_every_question() -> None:
    assert {name: {row[name] for row in ROWS} for name in CHOICES} == {k: set(v) for k, v in CHOICES.items()}


def test_the_pairs_make_every_two_choices_of_two_questions() -> None:
    for one, other in itertools.combinations(CHOICES, 2):
        met = {(row[one], row[other]) for row in PAIRS}
        assert met == set(itertools.product(CHOICES[one], CHOICES[other]))


@pytest.fixture(scope="module")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the template is, released."""
    folder = tmp_path_factory.mktemp("portal")
    released = committed(template, folder / "source")
    git(released, "tag", "v0.1.0")
    git(folder, "clone", "-q", "--bare", "source", "paved-road.git")
    return f"file://{folder}/paved-road.git"


@pytest.fixture(scope="module")
def backstage(source: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    settings = {"template": source, "ref": "v0.1.0", "copier": needs.program("copier")}
    with portal.started(tmp_path_factory.mktemp("backstage"), settings) as running:
        yield running


# The form -------------------------------------------------------------------
@pytest.fixture(scope="module")
def fields(backstage: Portal) -> dict[str, dict[str, Any]]:
    """What Backstage gives to the browser."""
    url = f"{backstage.scaffolder}/templates/default/template/paved-road/parameter-schema"
    pages = portal.asked(url)[1]["steps"]
    return {name: field for page in pages for name, field in page["schema"]["properties"].items()}


def test_the_form_asks_what_copier_asks_in_the_same_words(fields: dict[str, dict[str, Any]]) -> None:
    assert [name for name in fields if name != "owner"] == list(ASKED)
    for name, question in ASKED.items():
        assert fields[name]["description"].split() == question["help"].split()
        if "choices" in question:
            assert dict(zip(fields[name]["enumNames"], fields[name]["enum"], strict=True)) == question["choices"]
        if "choices" in question or question["type"] == "bool":
            assert fields[name]["default"] == question["default"]
        else:
            assert fields[name]["ui:placeholder"] == question["default"]


@pytest.mark.parametrize("page", range(4))
def test_backstage_refuses_a_form_with_an_answer_less(backstage: Portal, page: int) -> None:
    name = portal.form()["spec"]["parameters"][page]["required"][-1]

    status, answer = backstage.dry_run({key: value for key, value in FIRST.items() if key != name})

    assert status == 400
    assert f'requires property "{name}"' in json.dumps(answer["errors"]).replace('\\"', '"')


HOSTILE = [
    *(("project_name", text) for text in ("../evil", "a", "x\n", "", "-x", "a/b", "x" * 41)),
    *(("description", text) for text in ("", "  ", "a\nb", "a\x00b", "a\x7fb", "a\u2028b", "a${{ b", "x" * 201)),
    *(("organization", text) for text in ("acme inc", "-acme", "a--b", "../a", "acme\n", "x" * 40)),
    *((name, "other") for name in CHOICES),
    ("owner", "--trust"),
    ("owner", "group:default/../x"),
    ("project_name", {"a": "b"}),
]


@pytest.mark.parametrize(("name", "value"), HOSTILE, ids=lambda value: repr(value)[:20])
def test_backstage_refuses_a_hostile_answer(backstage: Portal, name: str, value: object) -> None:
    status, answer = backstage.dry_run(FIRST | {name: value})

    assert status == 400, answer
    assert [error["path"] for error in answer["errors"]] == [[name]] * len(answer["errors"])


# What it makes --------------------------------------------------------------
@pytest.fixture(scope="module")
def made_by_hand(source: str, tmp_path_factory: pytest.TempPathFactory) -> ByHand:
    """What `copier copy` makes of answers."""

    @cache
    def made(answers: str) -> portal.Files:
        folder = tmp_path_factory.mktemp("by-hand")
        (folder / "answers.yml").write_text(answers, encoding="utf-8")
        options = ("--defaults", "--vcs-ref", "v0.1.0", "--data-file", "answers.yml")
        done = copier_cli("copy", *options, source, "made", cwd=folder)
        assert done.returncode == 0, done.stderr
        paths = (path.relative_to(folder / "made") for path in (folder / "made").rglob("*") if path.is_file())
        return read(folder / "made", map(str, paths))

    return lambda answers: made(json.dumps(answers, ensure_ascii=False))


def read(folder: Path, paths: Iterable[str]) -> portal.Files:
    return {path: (os.access(folder / path, os.X_OK), (folder / path).read_bytes()) for path in paths}


@pytest.mark.parametrize("answers", DRY, ids=lambda row: "-".join(str(row[name]) for name in CHOICES))
def test_a_dry_run_makes_what_the_command_line_makes_byte_for_byte(
    backstage: Portal, made_by_hand: ByHand, answers: Answers
) -> None:
    status, answer = backstage.dry_run(answers)

    assert status == 200, answer
    assert len(portal.files(answer)) > 200
    assert differing(portal.files(answer), made_by_hand(answers)) == []


def differing(ours: portal.Files, theirs: portal.Files) -> list[str]:
    """Paths that only one of them has, or that are not the same in both."""
    return sorted({path for path, _ in ours.items() ^ theirs.items()})


def test_the_team_on_duty_holds_its_role_and_what_the_template_does_not_ask_for_is_dropped(
    backstage: Portal, made_by_hand: ByHand
) -> None:
    more = {"evil": "x", "_src_path": "https://example.com", "project_slug": "../x", "classification": False}

    status, answer = backstage.dry_run(FOURTH | more | {"owner": "group:default/night-watch"})

    assert status == 200, answer
    meant = FOURTH | {"role_teams": {"mlops-engineer": "@acme/night-watch"}}
    assert differing(portal.files(answer), made_by_hand(meant)) == []
    assert b'owner: "group:night-watch"' in portal.files(answer)["catalog-info.yaml"][1]
    said = " ".join(entry["body"]["message"] for entry in answer["log"])
    assert "so not used: _src_path, classification, evil, owner, project_slug" in said


def test_one_click_generates_publishes_protects_and_registers(
    backstage: Portal, made_by_hand: ByHand, tmp_path: Path
) -> None:
    ended, said = backstage.task(FIRST)

    assert ended == "completed", said[-1]
    git(tmp_path, "clone", "-q", str(backstage.repositories / "acme/fraud-scoring.git"), "pushed")
    pushed = read(tmp_path / "pushed", git(tmp_path / "pushed", "ls-files").splitlines())
    assert differing(pushed, made_by_hand(FIRST)) == []
    created, ruleset = (call for call in backstage.told() if call["call"].startswith("POST"))
    assert (created["body"]["name"], created["body"]["visibility"]) == ("fraud-scoring", "private")
    assert ruleset["call"] == "POST /repos/acme/fraud-scoring/rulesets"
    assert ruleset["body"] == json.loads(pushed[".github/rulesets/main.json"][1])
    links = said[-1]["output"]["links"]
    assert {"title": "In the catalog", "icon": "catalog", "entityRef": "component:default/fraud-scoring"} in links


def test_what_only_copier_refuses_is_said_in_its_words_without_a_traceback(backstage: Portal) -> None:
    ended, said = backstage.task(FIRST | {"project_name": "Pandas"})

    assert ended == "failed"
    assert said[-1]["error"]["message"] == (
        "not generated: Validation error for question 'project_name': "
        '"Pandas" would hide a Python module or is reserved by an operating system; add a word to it.'
    )
    assert "Traceback" not in json.dumps(said)


# The module and the script --------------------------------------------------
@pytest.mark.parametrize("script", ["test", "types"])
def test_the_module_passes_its_own(script: str, tmp_path: Path) -> None:
    code, output = needs.said("npm", "run", "--silent", script, cwd=portal.module(tmp_path / "module"))

    assert code == 0, output


QUESTION = "  type: str\n  help: h\n  default: d\n"
GIVEN = f"""
# Where ---------------
cloud:
{QUESTION}  choices: {{None: none, A: aws, G: gcp}}
region:
{QUESTION}  when: "{{{{ cloud in ['aws', 'gcp'] }}}}"
account:
{QUESTION}  when: "{{{{ cloud == 'aws' }}}}"
"""


def test_a_question_that_depends_on_another_is_a_dependent_field() -> None:
    (page,) = portal_form.pages(GIVEN)

    asked = [list(branch["properties"]) for branch in page["dependencies"]["cloud"]["oneOf"]]
    assert list(page["properties"]) == page["required"] == ["cloud"]
    assert asked == [["cloud"], ["cloud", "region", "account"], ["cloud", "region"]]


@pytest.mark.parametrize("when", ["cloud == 'aws' and gpu", "other", "cloud != 'none'"])
def test_a_condition_that_no_form_can_follow_is_refused(when: str) -> None:
    with pytest.raises(ValueError, match=r"account: when: .* is more than one condition on an answer of the same page"):
        portal_form.pages(GIVEN.replace("cloud == 'aws'", when))
