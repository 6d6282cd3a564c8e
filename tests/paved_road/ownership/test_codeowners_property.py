"""Whatever the matrix, another reader of CODEOWNERS and ours of raci.yml name the same teams."""

from codeowners import CodeOwners
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.findings import refused
from paved_road.ownership import lookup
from paved_road.ownership.derive import codeowners
from paved_road.ownership.lint import check_matrix
from paved_road.ownership.raci import Raci

from .random_matrices import matrices
from .test_codeowners_patterns import PATHS


@settings(max_examples=60)
@given(raci=matrices(), paths=st.lists(PATHS, min_size=1, max_size=8))
def test_codeowners_of_any_matrix_name_the_matrix_owners(raci: Raci, paths: list[str]) -> None:
    assert not refused(check_matrix(raci))

    elsewhere = CodeOwners(codeowners.render(raci))

    for path in paths:
        owned = lookup.owner(raci, path)
        teams = lookup.owning_teams(raci, owned[0]) if owned else []
        assert [handle for _, handle in elsewhere.of(path)] == teams, path
