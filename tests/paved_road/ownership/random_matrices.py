"""Random matrices that break no rule."""

import json
from typing import Any

from hypothesis import strategies as st
from paved_road import documents
from paved_road.ownership.raci import Raci, read

from .test_codeowners_patterns import PATTERNS

ROLES = ["one", "two", "three", "four"]
TEAMS = st.sampled_from(["@acme/a", "@acme/b", "@acme/c.d", "@grace"])


@st.composite
def matrices(draw: st.DrawFn) -> Raci:
    """In each activity one role answers, others hold any other letter, and somebody may accept."""
    roles = {key: {"title": key, "loop": "system", "team": draw(TEAMS), "contact": "#x"} for key in ROLES}
    patterns = draw(st.lists(PATTERNS, min_size=1, max_size=6, unique=True))
    activities = {f"activity {number}": draw(_activity(pattern)) for number, pattern in enumerate(patterns)}
    activities["Run the service"] = {"loop": "system", "letters": {"one": "RA"}, "paths": ["/deploy/"]}
    # JSON is YAML: read as the file would be, with its lines.
    return read(documents.parse(json.dumps({"roles": roles, "activities": activities}), "raci.yml", "RACI015"))


@st.composite
def _activity(draw: st.DrawFn, pattern: str) -> dict[str, Any]:
    answering, doing, *others = draw(st.permutations(ROLES))
    letters = draw(st.sampled_from([{answering: "RA"}, {answering: "A", doing: "R"}, {answering: "RA", doing: "R"}]))
    letters |= {role: letter for role in others if (letter := draw(st.sampled_from(["", "R", "C", "I"])))}
    shuffled = {role: letters[role] for role in draw(st.permutations(list(letters)))}
    handoff = {"accepted_by": doing} if letters.get(doing) == "R" and draw(st.booleans()) else {}
    return {"loop": "system", "letters": shuffled, "paths": [pattern], **handoff}
