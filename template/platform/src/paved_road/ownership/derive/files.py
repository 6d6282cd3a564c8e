"""Every file that is derived from ``raci.yml``: what it should hold, how it differs, and how it is put in place."""

from dataclasses import dataclass
from pathlib import Path

from paved_road import files
from paved_road.findings import Finding, Problem, refused
from paved_road.ownership.derive import (
    catalog,
    chart,
    codeowners,
    deployment,
    forms,
    routes,
    ruleset,
    runbooks,
    security,
    terraform,
)
from paved_road.ownership.lint import check_matrix
from paved_road.ownership.raci import Raci

_REMEDY = "run `road raci sync`"


@dataclass(frozen=True)
class Derived:
    """A file, and what it should hold.

    Attributes:
        path: from the repository's root.
        text: what ``raci.yml`` says that it holds; None if it should not be there any more.
    """

    path: str
    text: str | None


def derive(raci: Raci, root: Path) -> list[Derived]:
    """Every derived file of a repository; those that it has no use for are left out.

    Raises:
        Problem: `raci` breaks a rule, so nobody could say whose a file is; or a file cannot be read.
    """
    findings = check_matrix(raci)
    if refused(findings):
        raise Problem(*(finding for finding in findings if finding.level == "error"))
    found = [Derived(each.PATH, each.render(raci)) for each in (codeowners, ruleset, chart)]
    written = forms.render(raci)
    found += [Derived(path, text) for path, text in written.items()]
    found += [Derived(path, None) for path in forms.stale(root, written)]
    if (root / routes.FOLDER).is_dir():
        found.append(Derived(routes.PATH, routes.render(raci)))
    if (root / runbooks.FOLDER).is_dir():
        found += [Derived(path, text) for path, text in runbooks.render(raci, root).items()]
    if (root / deployment.USED_BY).is_file():
        found += [Derived(each.PATH, each.render(raci)) for each in (deployment, security)]
    if (root / terraform.USED_BY).is_file():
        found.append(Derived(terraform.PATH, terraform.render(raci)))
    if (root / catalog.PATH).is_file():
        found.append(Derived(catalog.PATH, catalog.render(raci, root)))
    return found


def drift(root: Path, derived: Derived) -> list[Finding]:
    """How the file in a repository differs: nothing, or one finding at the first line that does."""
    if derived.text is None:
        fact = "is derived from a request that raci.yml no longer has"
        return [Finding(code="OWNERS001", fact=fact, remedy=_REMEDY, path=derived.path)]
    difference = files.difference(root / derived.path, derived.text)
    if difference is None:
        return []
    fact = difference.said("raci.yml says")
    return [Finding(code="OWNERS001", fact=fact, remedy=_REMEDY, path=derived.path, line=difference.line)]


def write(root: Path, derived: Derived) -> None:
    """Put a file in place at once, so that a reader never sees half of it; or take it away."""
    if derived.text is None:
        (root / derived.path).unlink(missing_ok=True)
    else:
        files.write(root / derived.path, derived.text.encode())
