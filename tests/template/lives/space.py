"""Which lives there are to live: every two answers that the machine can bring together meet in one of them."""

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import yaml

from tests.template.conftest import ROOT

Answers = Mapping[str, str]
Met = frozenset[tuple[str, str]]
"""Answers, by their questions: all that somebody gave, or two of them, or what cannot be given together."""


def _choices() -> Iterator[tuple[str, list[str]]]:
    questions = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    for name in ("framework", "task", "topology", "cloud", "python_version"):
        choices = questions[name]["choices"]
        yield name, list(choices.values() if isinstance(choices, dict) else choices)


CHOICES = dict(_choices())
FRAMEWORKS, PYTHONS = CHOICES["framework"], CHOICES["python_version"]


def lives(lacking: Iterable[Met], seed: int) -> list[Answers]:
    """Answers of each life: always the ones in which most that did not meet before meet.

    Not by allpairspy, which leaves pairs out once some rows are forbidden.

    Args:
        lacking: what this machine cannot bring together.
        seed: of the order in which equals are taken; another one has others meet three by three.
    """
    some = possible(lacking)
    random.Random(seed).shuffle(some)
    chosen: list[Answers] = []
    unmet = pairs(some)
    while unmet:
        chosen.append(max(some, key=lambda answers: len(unmet & pairs([answers]))))
        unmet -= pairs(chosen[-1:])
    return chosen


def pairs(lived: Iterable[Answers]) -> set[Met]:
    """Every two answers that meet in some of these lives."""
    return {frozenset(two) for answers in lived for two in itertools.combinations(answers.items(), 2)}


def possible(lacking: Iterable[Met] = ()) -> list[Answers]:
    """Every life that somebody could live who lacks this."""
    lacking = list(lacking)
    rows = (dict(zip(CHOICES, row, strict=True)) for row in itertools.product(*CHOICES.values()))
    return [answers for answers in rows if not any(lack <= answers.items() for lack in lacking)]


def coverage(lived: Iterable[Answers]) -> list[str]:
    """What a run says at its end: how often each value was lived, and how many of all pairs."""
    lived = list(lived)
    values = [(name, value) for name, choices in CHOICES.items() for value in choices]
    counts = Counter(item for answers in lived for item in answers.items())
    met, all_pairs = pairs(lived), pairs(possible())
    said = f"lives: {len(lived)} whole ones, {sum(map(bool, counts.values()))} of {len(values)} values"
    lines = [f"{said} and {len(met)} of {len(all_pairs)} pairs of values lived"]
    for name, choices in CHOICES.items():
        lines.append(f"  {name}: " + ", ".join(f"{value} {counts[name, value]}" for value in choices))
    never = sorted(" with ".join(sorted(value for _, value in pair)) for pair in all_pairs - met)
    return [*lines, f"  never met: {', '.join(never)}"] if never and len(met) > len(never) else lines
