"""The documentation site: it builds without a warning, says what the code says, and refuses a link to nowhere."""

import re
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest
import site_builder
import yaml
from paved_road.cli.main import road
from paved_road.monitoring import files

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site_builder.sources(tmp_path_factory.mktemp("sources"))


@pytest.fixture(scope="module")
def site(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = site_builder.build(pages, folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_of_the_handbook_is_built(site: Path) -> None:
    written = {page.relative_to(ROOT / "docs").with_suffix(".html") for page in (ROOT / "docs").rglob("*.md")}

    assert [page for page in written if not (site / page).is_file()] == []


def test_a_generated_repositorys_pages_are_built_too(site: Path) -> None:
    for page in ("README", "docs/handoff", "docs/infra", "docs/runbooks/ModelInputDrift"):
        assert (site / "project" / f"{page}.html").is_file()


def test_every_verb_is_in_the_reference(site: Path) -> None:
    page = (site / "reference/road.html").read_text(encoding="utf-8")

    verbs = {f"road-{name}" for name in road.list_commands(click.Context(road))}

    assert [verb for verb in verbs if f'id="{verb}"' not in page] == []


def test_every_question_is_in_the_reference(pages: Path) -> None:
    page = (pages / "reference/questions.md").read_text(encoding="utf-8")
    questions = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8")).items()

    asked = {name for name, question in questions if not name.startswith("_") and question.get("when", True)}

    assert [name for name in asked if f"| `{name}` |" not in page] == []


def test_every_alert_and_every_key_of_the_contract_is_in_the_reference(pages: Path) -> None:
    rules = yaml.safe_load((pages / "project" / files.RULES).read_text(encoding="utf-8"))
    contract = yaml.safe_load((pages / "project/contracts/model.yml").read_text(encoding="utf-8"))
    alerts = (pages / "reference/alerts.md").read_text(encoding="utf-8")
    keys = (pages / "reference/model-contract.md").read_text(encoding="utf-8")

    fired = {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}

    assert [alert for alert in fired if f"[{alert}]" not in alerts] == []
    assert [key for key in contract if f"| `{key}` |" not in keys] == []


def test_every_metric_that_a_rule_asks_for_is_in_the_reference(pages: Path) -> None:
    metrics = (pages / "reference/metrics.md").read_text(encoding="utf-8")
    rules = yaml.safe_load((pages / "project" / files.RULES).read_text(encoding="utf-8"))
    exprs = " ".join(str(rule["expr"]) for group in rules["groups"] for rule in group["rules"])

    asked = set(re.findall(r"(?<![\w:])(?:http|model|process|shadow)_\w+(?![\w:(])", re.sub(r'"[^"]*"', "", exprs)))
    shown = set(re.findall(r"^\| `(\w+)`", metrics, re.MULTILINE))

    assert len(asked) > 10
    assert {name for name in asked if re.sub(r"_(bucket|count|sum)$", "", name) not in shown} == set()


def test_every_workflow_is_in_the_reference_with_its_jobs(pages: Path) -> None:
    page = (pages / "reference/workflows.md").read_text(encoding="utf-8")
    parts = dict(part.split("`\n", 1) for part in page.split("## `")[1:])

    for file in (pages / "project/.github/workflows").glob("*.yml"):
        jobs = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]
        assert re.findall(r"^\| `([\w-]+)` \|", parts[file.name].partition("| Job |")[2], re.MULTILINE) == list(jobs)


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("[a page](nowhere.md)", "nowhere.md"),
        ("[a heading](index.md#nowhere)", "nowhere"),
        ("![a picture](images/nowhere.png)", "image file not readable"),
    ],
    ids=["page", "heading", "picture"],
)
def test_a_link_to_nowhere_is_refused(line: str, refusal: str, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    shutil.copy(ROOT / "docs/conf.py", pages)
    (pages / "index.md").write_text(f"# A site\n\n{line}\n", encoding="utf-8")

    done = site_builder.build(pages, tmp_path / "site")

    assert done.returncode == 1
    assert refusal in done.stderr


class Answers(BaseHTTPRequestHandler):
    """A site with one page."""

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/there" else 404)
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_: object) -> None:
        pass


def test_a_link_to_another_site_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}/there"
        conf = (ROOT / "docs/conf.py").read_text(encoding="utf-8").replace("localhost|127", "localhost")
        pages = tmp_path / "pages"
        pages.mkdir()
        (pages / "conf.py").write_text(conf, encoding="utf-8")
        said = {}
        for name in (there, f"{there}-not"):
            (pages / "index.md").write_text(f"# A site\n\n[a page]({name})\n", encoding="utf-8")
            said[name] = site_builder.build(pages, tmp_path / "links", "linkcheck")
        server.shutdown()

    accepted, refused = said.values()
    assert accepted.returncode == 0, accepted.stderr
    assert refused.returncode == 1
    assert f"broken link: {there}-not" in refused.stderr
