"""Answers full of other languages' syntax: each file that shows one is read back by its own parser."""

import io
import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser
from fleet.copying import copy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

Render = Callable[..., Path]

# What the description's validator lets through, and what other syntaxes are made of.
SYNTAX = st.sampled_from(
    ["{{", "}}", "{%", "${", "%{", "$(", "`", "\\", '"', "'", "#", ": ", "- ", "<b>", "&amp;", "|", "[x](y)"]
)
PLAIN = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff")
DESCRIPTION = (
    st.lists(SYNTAX | PLAIN, min_size=1, max_size=60)
    .map("".join)
    .filter(lambda text: text.strip() and len(text) <= 200 and "${{" not in text)
)
SHOWN = re.compile(r"\{[{%][^}]*\b(description|project_name|package_name|_copier_answers)\b")
ANSWERS = "infra/modules/project/answers.tf"
HOSTILE = [
    *(
        '"',
        "'",
        '""',
        "''",
        '"""',
        "'''",
        "a\"b'c",
        "\\",
        "\\\\",
        "\\n",
        "C:\\new",
        "a: b",
        "a:b",
        ": ",
        " - x",
        "# no",
    ),
    *(
        "x # y",
        "{{ x }}",
        "{% raw %}",
        "{# c #}",
        "{a: b}",
        "[a, b]",
        "& anchor",
        "* alias",
        "! tag",
        "| pipe",
        "> fold",
    ),
    *(
        "% percent",
        "@ at",
        "`tick`",
        "$(id)",
        "${HOME}",
        "$HOME",
        "%{ if }",
        "<b>html</b>",
        "</script>",
        "--flag",
        "---",
    ),
    *(
        "yes",
        "no",
        "null",
        "~",
        "1.10",
        "0x10",
        "1e3",
        "2026-11-21",
        "é ü ñ",
        "日本語",
        "🙂 emoji",
        "a\u00a0b",
        "=1+1",
        "*",
    ),
    *("_under_ *star*", "[link](x)", "a\\", "quote ' and \" and \\ and # and : and {{ }}", "x" * 200),
]
REFUSED = ["", "   ", "a\nb", "a\rb", "a\tb", "a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "${{ github.token }}"]
NAMES = ["AB1", "A.b-c_d 9", "a--b", "A  B C", "Yes-No", "Null.1", "x" * 40, "E10 1e5", "O_0", "a.b.c.d-e_f g"]


@pytest.fixture(scope="module")
def render(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Renders only the files in which a name or a description appears; a test below sees that there are no others."""
    reduced = tmp_path_factory.mktemp("reduced")
    shutil.copy(template / "copier.yml", reduced)
    included = [
        *template.rglob("*.j2"),
        *(template / "parts").glob("*.*"),
        *template.rglob("project/kustomization.yaml.jinja"),
    ]
    included += [template / "template/raci.yml.jinja"]
    showing = [file for file in template.rglob("*.jinja") if SHOWN.search(file.read_text())]
    for file in {*included, *showing}:
        target = reduced / file.relative_to(template)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)

    def rendered(**answers: Any) -> Path:
        folder = tmp_path_factory.mktemp("rendered")
        copy(str(reduced), folder, answers)
        return folder

    return rendered


def shown(project: Path, answer: str) -> dict[str, str]:
    """What each kind of file says that the answer is, to whoever reads it with that file's own parser."""
    at = {"description": 1, "project_name": 0}[answer]
    catalog = list(yaml.safe_load_all(read(project, "catalog-info.yaml")))
    labels = DockerfileParser(fileobj=io.BytesIO((project / "Dockerfile").read_bytes())).labels
    label = ("title", "description")[at]
    return {
        "README.md": readme(project)[at],
        "Dockerfile": labels[f"org.opencontainers.image.{label}"],
        ANSWERS: hcl_string(read(project, ANSWERS), label),
        "catalog-info.yaml": catalog[0]["metadata"][label],
        ".copier-answers.yml": yaml.safe_load(read(project, ".copier-answers.yml"))[answer],
    }


def read(project: Path, path: str) -> str:
    return (project / path).read_bytes().decode()


def readme(project: Path) -> tuple[str, str]:
    """The heading and the first paragraph, as plain text; anything but text in them is refused."""
    tokens = MarkdownIt().parse(read(project, "README.md"))
    assert [token.type for token in tokens[:6:3]] == ["heading_open", "paragraph_open"]
    assert tokens[0].tag == "h1"
    heading, paragraph = tokens[1], tokens[4]
    for token in (heading, paragraph):
        assert {child.type for child in token.children or []} <= {"text", "text_special"}, token.children
    first, second = ("".join(child.content for child in token.children or []) for token in (heading, paragraph))
    return first, second


def hcl_string(text: str, name: str) -> str:
    """A local value as Terraform reads it; python-hcl2 cannot read an escaped `${` that nothing closes."""
    (written,) = re.findall(rf'^  {name} += (".*")$', text, re.MULTILINE)
    text = str(json.loads(written))
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", text), f"a live expression: {text}"
    return text.replace("$${", "${").replace("%%{", "%{")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_description_comes_back_exactly(render: Render, text: str) -> None:
    project = render(description=text)

    assert yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))["description"] == text
    assert yaml.safe_load((project / "contracts/model.yml").read_text(encoding="utf-8"))["intended_use"] == text
    assert json.loads((project / "contracts/api.json").read_text(encoding="utf-8"))["info"]["description"] == text
    assert tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["description"] == text
    catalog = list(yaml.safe_load_all((project / "catalog-info.yaml").read_text(encoding="utf-8")))
    assert text in [_description(entity) for entity in catalog]


def _description(entity: dict[str, dict[str, str]]) -> str | None:
    return entity["metadata"].get("description")


@pytest.mark.parametrize("text", REFUSED, ids=repr)
def test_a_description_that_no_file_can_hold_is_refused(render: Render, text: str) -> None:
    with pytest.raises(ValueError, match="Validation error for question 'description'"):
        render(description=text)


@settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))
@given(description=DESCRIPTION)
@example(description="<script>alert(1)</script> ![x](y) *a* _b_ `c` ~d~ https://example.com &amp; 1. - + > | # \\")
@example(description="$$${a} %%{b} $${c} ${d} \\${e} $ { }")
@example(description="- a: b # c")
@example(description="1. first")
@example(description="=== --- ***")
def test_any_description_is_shown_as_plain_text_everywhere(render: Render, description: str) -> None:
    project = render(description=description, cloud="aws")

    says = shown(project, "description")

    one_line = " ".join(description.split())
    assert says.pop("README.md") == one_line
    assert says == dict.fromkeys(says, description)


@pytest.mark.parametrize("name", NAMES)
def test_any_project_name_is_shown_as_plain_text_everywhere(render: Render, name: str) -> None:
    project = render(project_name=name, cloud="aws")

    says = shown(project, "project_name")

    assert says.pop("README.md") == " ".join(name.split())
    assert says == dict.fromkeys(says, name)
    slug = re.sub("[^a-z0-9]+", "-", name.lower())
    (notebook,) = (project / "notebooks").glob("*.ipynb")
    package = slug.replace("-", "_")
    assert f"from {package} import data\n" in json.loads(read(project, str(notebook)))["cells"][1]["source"]
    kustomization = yaml.safe_load(read(project, "deploy/project/kustomization.yaml"))
    assert kustomization["namespace"] == slug


MARK = "Marked42Words"


@pytest.mark.parametrize("answer", ["description", "project_name"])
def test_no_other_file_shows_the_answer(generate: Callable[..., Path], answer: str) -> None:
    project = generate(**{answer: MARK, "cloud": "aws"})

    showing = {
        file.relative_to(project).as_posix()
        for file in project.rglob("*")
        if file.is_file() and MARK.encode() in file.read_bytes()
    }

    read_elsewhere = (
        {"contracts/model.yml", "contracts/api.json", "pyproject.toml"} if answer == "description" else set()
    )
    checked = {"README.md", "Dockerfile", ANSWERS, "catalog-info.yaml", ".copier-answers.yml"}
    assert showing == checked | read_elsewhere
