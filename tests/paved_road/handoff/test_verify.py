"""`road handoff verify`: what it says of a whole handoff."""

from .handoff_examples import Repository, found


def test_a_handoff_that_was_just_built_holds(repository: Repository) -> None:
    assert found(repository) == ""
    assert all(outcome.passed and outcome.said for outcome in repository.verify().values())


def test_it_holds_without_the_repository_too(repository: Repository) -> None:
    assert found(repository, served=True) == ""
