"""Who lives from which release to which: the whole matrix, and any other life that Hypothesis thinks of."""

from collections.abc import Iterator
from itertools import combinations

from hypothesis import strategies as st

from tests.template.updates.edits import ACROSS, APART, EDITS
from tests.template.updates.life import Plan
from tests.template.updates.releases import MILESTONES

USUAL = tuple(name for name in EDITS if name != "own data")
TEAMS: dict[str, tuple[tuple[str, ...], dict[str, str], dict[str, str]]] = {
    "keeps to the rules": (tuple(name for name in APART if name != "own data"), {}, {}),
    "edits the platform's lines too": (USUAL, {}, {}),
    "brought its own data": ((*APART,), {}, {}),
    "is on a cloud": (USUAL, {"cloud": "aws", "gpu": "true"}, {}),
    "changes its answers": (
        USUAL,
        {},
        {"topology": "centralized", "cloud": "gcp", "cost_center": "fraud-42", "python_version": "3.13"},
    ),
}
"""What each team edits, its answers, and those that it changes at the update."""


def pairs(tags: list[str]) -> list[tuple[str, str]]:
    """Every release with every later one; a milestone is left, and never gone to: its own gates need not hold."""
    return [(old, new) for old, new in combinations(tags, 2) if new not in MILESTONES]


def plans(tags: list[str]) -> Iterator[tuple[str, Plan]]:
    """Every team between every pair of releases."""
    for old, new in pairs(tags):
        for team, (edits, answers, changed) in TEAMS.items():
            if team != "brought its own data" or new == tags[-1]:  # which is written for the newest package
                yield team, Plan(old, new, edits, answers, changed)


def any_plan(tags: list[str]) -> st.SearchStrategy[Plan]:
    """A team that does some of it, in any order, between any two releases."""
    changes = st.fixed_dictionaries(
        {},
        optional={
            "topology": st.sampled_from(["embedded", "centralized", "hybrid", "full-stack"]),
            "cloud": st.sampled_from(["none", "aws", "gcp", "azure"]),
            "description": st.sampled_from(["Decides.", "Says: no & 'yes'"]),
            "cost_center": st.sampled_from(["fraud-42"]),
        },
    )
    edits = st.lists(st.sampled_from(sorted([*APART, *ACROSS])), unique=True, min_size=5).map(tuple)

    def plan(pair: tuple[str, str], edits: tuple[str, ...], changed: dict[str, str]) -> Plan:
        return Plan(*pair, edits, changed=changed)

    return st.builds(plan, st.sampled_from(pairs(tags)), edits, changes)
