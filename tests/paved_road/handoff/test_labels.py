"""`road image`: an image's labels are its manifest's."""

import pytest
from paved_road.handoff import labels, manifest

from .handoff_examples import Repository


def test_the_arguments_of_a_build_are_the_manifests(repository: Repository) -> None:
    evidence = manifest.load(repository.handoff)

    given = labels.arguments(repository.handoff)

    assert given == {
        "MODEL_VERSION": evidence.contract.promise.version,
        "MODEL_REVISION": evidence.artifact.origin.commit,
        "MODEL_SEAL": evidence.seal,
    }
    assert list(labels.check(repository.handoff, given)) == []


@pytest.mark.parametrize("name", ["MODEL_VERSION", "MODEL_REVISION", "MODEL_SEAL"])
@pytest.mark.parametrize(("value", "fact"), [("other", "is other, and the manifest says"), ("", "is not given")])
def test_any_other_argument_is_refused(repository: Repository, name: str, value: str, fact: str) -> None:
    given = labels.arguments(repository.handoff) | {name: value}

    (found,) = labels.check(repository.handoff, given)

    assert f"{name} {fact}" in found.fact
    assert "road image args" in found.remedy


def test_the_tag_names_the_version_the_artifact_and_the_handoff(repository: Repository) -> None:
    evidence = manifest.load(repository.handoff)

    tag = labels.tag_of(repository.handoff)

    assert tag == f"{evidence.version.replace('+', '-')}-{evidence.seal[:8]}"
