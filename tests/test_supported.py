"""What a release says it runs on is what its files ask for, and what the tests run."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/upgrading.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (\w+) \| (\d[^|]*?) \|", PAGE.partition("## What it runs on")[2], re.MULTILINE))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def minor(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def test_python_is_what_the_package_allows_and_the_question_offers() -> None:
    allowed = tomllib.loads(read("template/platform/pyproject.toml"))["project"]["requires-python"]
    offered = yaml.safe_load(read("copier.yml"))["python_version"]["choices"]
    readme = " ".join(read("template/README.md.jinja").split())

    first, *_, last = ROWS["Python"].split(", ")

    assert ROWS["Python"].split(", ") == offered
    assert f"Python {', '.join(offered[:-1])} or {last}" in readme
    assert f"Python {first} to {last}" in read("README.md")
    assert allowed == f">={first},<{minor(last)[0]}.{minor(last)[1] + 1}"


def test_copier_is_what_the_template_asks_for_and_the_tests_run() -> None:
    asked = yaml.safe_load(read("copier.yml"))["_min_copier_version"]
    (run,) = re.findall(r'"copier==(.+?)"', read("pyproject.toml"))

    assert ROWS["Copier"] == f"{'.'.join(map(str, minor(asked)))} or newer"
    assert f"tests run {run}" in PAGE


def test_kubernetes_is_what_overlays_are_held_against() -> None:
    (checked,) = re.findall(r"^versions=\((.+?)\)", read("template/platform/config/kubernetes.sh"), re.MULTILINE)
    tested = re.findall(
        r'"(1\.\d+)"', re.findall(r"^KUBERNETES = .+", read("tests/template/test_delivery_cluster.py"), re.M)[0]
    )

    oldest, newest = ROWS["Kubernetes"].split(" to ")

    assert [oldest, newest] == checked.split() == [tested[0], tested[-1]]
    assert tested == [f"1.{number}" for number in range(minor(oldest)[1], minor(newest)[1] + 1)]


def test_terraform_is_what_every_module_is_content_with() -> None:
    files = [file for file in (ROOT / "template").rglob("*versions.tf*") if file.is_file()]
    wanted = re.compile(r'required_version\s*=\s*">= ([\d.]+)"')
    asked = [version for file in files for version in wanted.findall(file.read_text(encoding="utf-8"))]

    assert asked
    assert ROWS["Terraform"] == f"{max(asked, key=minor)} or newer"


@pytest.mark.parametrize("name", ["Python", "Copier", "Kubernetes", "Terraform"])
def test_every_one_of_them_is_in_the_table(name: str) -> None:
    assert name in ROWS
