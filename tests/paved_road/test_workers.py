"""Work goes where one variable says, and what stands in its way is said in a line."""

import importlib.util
import os

import pytest
from paved_road import workers
from paved_road.findings import Problem


def square(number: int) -> tuple[int, int]:
    return number**2, os.getpid()


def read(piece: tuple[workers.Shared, int]) -> bytes:
    content: bytes = piece[0].once(lambda held: held)
    return content


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(workers.ADDRESS, raising=False)


def test_processes_of_this_machine_share_the_work() -> None:
    with workers.hired(2) as hired:
        found = hired.each(square, range(4))

    assert [number for number, _ in found] == [0, 1, 4, 9]
    assert os.getpid() not in {process for _, process in found}


def test_one_worker_is_this_process() -> None:
    with workers.hired(1) as hired:
        ((_, process),) = hired.each(square, [3])

    assert process == os.getpid()


def test_what_is_shared_is_read_by_every_worker() -> None:
    content = os.urandom(3_000_000)

    with workers.hired(2) as hired:
        shared = hired.share(content)
        found = hired.each(read, [(shared, 0), (shared, 1)])

    assert found == [content, content]


@pytest.mark.parametrize("library", ["joblib", "ray"])
def test_a_missing_package_is_named_with_its_extra(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(workers.ADDRESS, "127.0.0.1:1")
    there = importlib.util.find_spec
    monkeypatch.setattr(workers, "find_spec", lambda name: None if name == library else there("json"))

    with pytest.raises(Problem, match=f"{library} must be installed") as refusal, workers.hired():
        pass

    extra = {"joblib": "score", "ray": "ray"}[library]
    assert refusal.value.findings[0].remedy == f'run `uv add "paved-road[{extra}]"`'


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "nowhere.invalid:6379", "127.0.0.1:notaport"])
def test_an_address_at_which_nobody_listens_is_known_at_once(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(workers.ADDRESS, address)
    monkeypatch.setattr(workers, "find_spec", lambda name: importlib.util.find_spec("json"))

    with pytest.raises(Problem, match=f"no Ray cluster answers at RAY_ADDRESS={address}"), workers.hired():
        pass
