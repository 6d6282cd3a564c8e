"""Modules of Terraform keep their contracts, and refuse what these exclude."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import terraform_contract
from tools.planning import words
from tools.terraform import Terraform

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.xdist_group("infra")

MODULES = [
    "artifact-store",
    "budget",
    "cost",
    "identity",
    "image-registry",
    "observability",
    "project",
    "repository",
    "secrets",
    "serving-namespace",
    "training-compute",
]
# A run of a module's own tests that gives a variable a bad value.
REFUSAL = re.compile(r'^run "refuses_(\w+)" \{.*?^  variables \{\n(.*?)^  \}\n', re.MULTILINE | re.DOTALL)


def test_there_is_a_module_for_everything_that_is_promised(infra: Path) -> None:
    assert {each.name for each in (infra / "modules").iterdir()} >= set(MODULES)


def test_the_modules_of_a_cloud_are_what_is_kept_of_them(infra: Path, cloud: str) -> None:
    kept = ROOT / "parts/modules" / cloud

    for file in (path for path in kept.rglob("*") if path.is_file()):
        generated = infra / "modules" / file.relative_to(kept)
        assert generated.read_bytes() == file.read_bytes(), f"{generated} came out otherwise: Jinja reads it on the way"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_holds_its_own_tests(infra: Path, name: str, tmp_path: Path) -> None:
    here = Terraform(infra / "modules" / name, tmp_path)
    ready, tested = here.init(), here.run("test", "-no-color")

    assert ready.returncode == 0, ready.stdout
    assert tested.returncode == 0, tested.stdout
    assert " 0 passed" not in tested.stdout


@pytest.mark.parametrize("name", MODULES)
def test_every_variable_is_typed_described_and_validated(infra: Path, name: str) -> None:
    variables = terraform_contract.blocks(infra / "modules" / name / "variables.tf", "variable")

    for variable, each in variables.items():
        assert each.get("type") and each.get("description"), variable
        assert each.get("validation") or each["type"] == "bool", f"{variable} takes anything"


OF_ITS_OWN = {"name"}
"""As long as what bears it may be called."""


def unlike(modules: Path) -> list[str]:
    """Variables that modules describe alike and declare differently: none can import them from another."""
    declared: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    found = []
    for file in sorted(modules.glob("*/variables.tf")):
        for name, each in terraform_contract.blocks(file, "variable").items():
            where, first = declared.setdefault((name, each["description"]), (file.parent.name, each))
            if name not in OF_ITS_OWN and each != first:
                found.append(f"{name} of {file.parent.name} is not declared as in {where}")
    return found


def test_what_modules_ask_for_in_the_same_words_is_held_to_the_same_rules(infra: Path) -> None:
    assert unlike(infra / "modules") == []


@pytest.mark.parametrize(("rule", "said"), [("5", []), ("6", ["nodes of two is not declared as in one"])])
def test_a_variable_with_another_rule_than_its_twin_is_named(tmp_path: Path, rule: str, said: list[str]) -> None:
    for module, most in (("one", "5"), ("two", rule)):
        (tmp_path / module).mkdir()
        (tmp_path / module / "variables.tf").write_text(
            f"""variable "nodes" {{
              description = "Most nodes."
              type        = number
              validation {{
                condition     = var.nodes <= {most}
                error_message = "Fewer."
              }}
            }}"""
        )

    assert unlike(tmp_path) == said


@pytest.mark.parametrize("name", MODULES)
def test_every_output_is_described(infra: Path, name: str) -> None:
    outputs = terraform_contract.blocks(infra / "modules" / name / "outputs.tf", "output")

    assert outputs
    assert [output for output, each in outputs.items() if not each.get("description")] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_bad_value_is_refused_with_its_message(infra: Path, name: str, tmp_path: Path) -> None:
    module = infra / "modules" / name
    own = (module / f"tests/{name}.tftest.hcl").read_text()
    validated = {
        variable: [terraform_contract.written(rule["error_message"]) for rule in each["validation"]]
        for variable, each in terraform_contract.blocks(module / "variables.tf", "variable").items()
        if each.get("validation")
    }
    refusals = dict(REFUSAL.findall(own))
    assert set(validated) <= set(refusals), "a validation that no test has seen to refuse"

    output = with_all_bad(module, own, "".join(refusals[variable] for variable in validated), tmp_path)

    for variable, messages in validated.items():
        for message in messages:
            for part in re.split(r"\$\{[^}]*\}", message.strip('"')):
                assert " ".join(part.replace('\\"', '"').split()) in output, f"{variable}: {part}"


def with_all_bad(module: Path, own: str, values: str, scratch: Path) -> str:
    """What Terraform says of a module all of whose validated variables have the value that its tests say is refused."""
    copied = shutil.copytree(module, scratch / "module", ignore=shutil.ignore_patterns(".terraform*"))
    head = own.partition("\nrun ")[0]
    (copied / f"tests/{module.name}.tftest.hcl").write_text(
        f'{head}\nrun "all" {{\ncommand = plan\nvariables {{\n{values}}}\n}}\n'
    )
    here = Terraform(copied, scratch)
    here.init()
    return words(here.run("test", "-no-color").stdout)


# A right or a machine that nobody needs, by cloud and module, and what the module's own tests say of it.
PLANTED = {
    "aws": [
        ("identity", '"s3:GetObject", "s3:ListBucket", "s3:PutObject"', '"s3:*"', "a job could do anything"),
        ("identity", '"logs:DescribeLogGroups"', '"logs:*"', "a job could do anything"),
        ("identity", '"kms:GetKeyPolicy"', '"kms:PutKeyPolicy"', "plan could change something"),
        ("identity", '"ecr:PutImage"', '"ecr:DeleteRepository"', "deploy could give itself rights, or delete"),
        ("identity", ":environment:${var.environment}", ":environment:*", "a job of another environment could deploy"),
        ("secrets", '"secretsmanager:DescribeSecret"', '"secretsmanager:*"', "do more than read these secrets"),
        ("training-compute", "min_size     = 0", "min_size = 1", "nodes would cost while nothing trains"),
        ("training-compute", '"NO_SCHEDULE"', '"PREFER_NO_SCHEDULE"', "anything could run on a node with GPUs"),
    ],
    "gcp": [
        ("identity", '"iam.roles.get"', '"iam.roles.update"', "plan could change something"),
        ("identity", "roles/container.clusterViewer", "roles/editor", "deploy could do more in the project"),
        ("training-compute", "total_min_node_count = 0", "total_min_node_count = 1", "cost while nothing trains"),
    ],
    "azure": [
        ("identity", '"AcrPush"', '"Contributor"', "deploy could do more"),
        ("identity", '"Reader"', '"Owner"', "plan could change something"),
        (
            "training-compute",
            "min_count                   = 0",
            "min_count = 1",
            "nodes would cost while nothing trains",
        ),
        ("training-compute", '"nvidia.com/gpu=present:NoSchedule"', "", "anything could run on a node with GPUs"),
    ],
}


def test_a_module_refuses_rights_and_machines_that_nobody_needs(infra: Path, cloud: str, tmp_path: Path) -> None:
    said = [
        (message, own_tests(infra / "modules" / name, right, wrong, tmp_path))
        for name, right, wrong, message in PLANTED[cloud]
    ]

    assert [(message, output) for message, (code, output) in said if code != 1 or message not in output] == []


def own_tests(module: Path, right: str, wrong: str, scratch: Path) -> tuple[int, str]:
    """How the tests of a module end if its code says something else, and what they say."""
    copied = shutil.copytree(module, scratch / "planted", ignore=shutil.ignore_patterns(".terraform*"))
    code = (copied / "main.tf").read_text()
    assert code.count(right) == 1, right
    (copied / "main.tf").write_text(code.replace(right, wrong))
    here = Terraform(copied, scratch)
    here.init()
    tested = here.run("test", "-no-color")
    shutil.rmtree(copied)
    return tested.returncode, words(tested.stdout)
