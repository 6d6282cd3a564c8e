"""`make updates`: lives every life of the matrix, prints the counts, and writes them into docs/updates.md."""

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from tests.template.conftest import PERSON, ROOT, git
from tests.template.updates import matrix, releases
from tests.template.updates.life import Outcome, Plan, Road, live

PAGE = ROOT / "docs" / "updates.md"
BEGIN, END = "<!-- written by `make updates` -->\n", "<!-- until here -->"
COLUMNS = ("lives", "edits", "files", "conflicts expected", "conflicts", "gates")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=25, help="how many lives Hypothesis thinks of")
    parser.add_argument("--write", action="store_true", help="write the counts into docs/updates.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        _alone(Path(name))
        try:
            tags = [release.tag for release in releases.releases()]
        except releases.Unknown as error:
            print(error, file=sys.stderr)
            return 1
        road = Road(releases.source(Path(name) / "source", _working_tree(Path(name) / "tree")), Path(name) / "rendered")
        counts, wrong = _whole(road, tags)
        more = _explored(road, tags, options.examples)
    counts["any team", "any pair"] = more.counts
    wrong += more.wrong
    table = _table(counts, tags)
    print("\n".join([*table, "", f"wrong: {len(wrong)}", *wrong]))
    if options.write and not wrong:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(
            f"{before}{BEGIN}\n" + "\n".join(table) + f"\n\n{END}{rest.partition(END)[2]}", encoding="utf-8"
        )
    return bool(wrong)


def _alone(folder: Path) -> None:
    """Nobody's own settings or git identity may change what is tested."""
    (folder / "settings.yml").write_text("{}")
    os.environ.update(PERSON, COPIER_SETTINGS_PATH=str(folder / "settings.yml"))


def _working_tree(folder: Path) -> Path:
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _whole(road: Road, tags: list[str]) -> tuple[dict[tuple[str, str], Counter[str]], list[str]]:
    """Every team between every pair: counts by pair, and what was wrong."""
    counts: dict[tuple[str, str], Counter[str]] = {pair: Counter() for pair in matrix.pairs(tags)}
    wrong: list[str] = []
    for team, plan in matrix.plans(tags):
        outcome = live(plan, road, gates=True)
        counts[plan.old, plan.new].update(outcome.counts)
        wrong += [f"{plan.old} to {plan.new}, {team}: {each}" for each in outcome.wrong]
        print(f"{plan.old} to {plan.new}, {team}: {dict(outcome.counts)}, wrong: {len(outcome.wrong)}", flush=True)
    return counts, wrong


def _explored(road: Road, tags: list[str], examples: int) -> Outcome:
    """Lives that nobody thought of."""
    total = Outcome()

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(matrix.any_plan(tags))
    def explore(plan: Plan) -> None:
        outcome = live(plan, road, gates=False)
        total.counts.update(outcome.counts)
        assert not outcome.wrong, (plan, outcome.wrong)

    try:
        explore()
    except AssertionError as error:
        total.wrong.append(str(error))
    return total


def _table(counts: dict[tuple[str, str], Counter[str]], tags: list[str]) -> list[str]:
    def shown(old: str, new: str) -> str:
        return f"{old}, {new}" if old.startswith("any") else f"{old} to {'what comes next' if new == tags[-1] else new}"

    heads = "lives | edits | files compared | conflicts expected | conflicts | gates passed"
    rows = [f"| From, to | {heads} |", "|---|" + "---|" * len(COLUMNS)]
    for (old, new), found in [*counts.items()]:
        rows.append(f"| {shown(old, new)} | " + " | ".join(f"{found[column]:,}" for column in COLUMNS) + " |")
    total = sum(counts.values(), Counter())
    rows.append("| **all** | " + " | ".join(f"**{total[column]:,}**" for column in COLUMNS) + " |")
    return rows


if __name__ == "__main__":
    sys.exit(main())
