"""Requests that arrive together are predicted in one run, and each is answered as if it had come alone."""

import asyncio
import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from paved_road.findings import problem
from paved_road.handoff.manifest import Manifest
from paved_road.handoff.predictor import Predictor
from paved_road.serving import model
from paved_road.serving.batching import Batcher
from paved_road.serving.model import Answer, Model
from paved_road.serving.problems import Refusal
from serving_examples import RECORD
from traffic import BODY, Traffic, running

BODIES = [json.dumps(RECORD | {"amount": float(amount)}).encode() for amount in range(20)]
Raw = Callable[..., NDArray[np.float64]]


@pytest.fixture
def own(handoff: Path, evidence: Manifest) -> Model:
    """A model that a test may change."""
    return model.load(handoff, evidence)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of every run of a model, in their order."""
    rows: list[int] = []
    whole = Predictor.raw

    def noted(self: Predictor, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        rows.append(len(numbers))
        return whole(self, numbers, strings)

    monkeypatch.setattr(Predictor, "raw", noted)
    return rows


def asked(of: Model, bodies: list[bytes], alone: bool = False) -> list[Answer | BaseException]:
    """What a model answers to requests that arrive in one turn of the loop."""

    async def all_at_once() -> list[Answer | BaseException]:
        with ThreadPoolExecutor(1) as threads:
            batcher = Batcher(of, threads)
            return await asyncio.gather(*(batcher.answer(body, alone) for body in bodies), return_exceptions=True)

    return asyncio.run(all_at_once())


def bodies_of(answers: list[Answer | BaseException]) -> list[bytes]:
    return [answer.body for answer in answers if isinstance(answer, Answer)]


def test_what_arrives_together_is_predicted_in_one_run_and_answered_one_by_one(own: Model, runs: list[int]) -> None:
    alone = bodies_of(asked(own, BODIES, alone=True))
    own.inline_records = 20
    runs.clear()

    answers = asked(own, BODIES)

    assert runs == [20]
    assert bodies_of(answers) == alone
    assert [len(answer.predicted.raw) for answer in answers if isinstance(answer, Answer)] == [1] * 20


def test_a_run_takes_no_more_than_the_loop_may_be_held_up_for(own: Model, runs: list[int]) -> None:
    own.inline_records = 8
    runs.clear()

    asked(own, BODIES)

    assert runs == [8, 8, 4]


def test_a_bad_request_is_refused_alone(own: Model) -> None:
    answers = asked(own, [BODIES[0], b"{}", BODIES[1], b"not json"])

    assert [type(answer) for answer in answers] == [Answer, Refusal, Answer, Refusal]
    assert [answer.status for answer in answers if isinstance(answer, Refusal)] == [422, 400]


def test_arrays_are_predicted_alone(own: Model, runs: list[int]) -> None:
    runs.clear()

    answers = asked(own, [BODIES[0], json.dumps([RECORD, RECORD]).encode(), BODIES[1]])

    assert sorted(runs) == [2, 2]
    assert len(json.loads(bodies_of(answers)[1])) == 2


def not_a_number(whole: Raw, at: NDArray[np.bool_], numbers: Any, strings: Any) -> NDArray[np.float64]:
    raw = whole(numbers, strings)
    raw[at] = np.nan
    return raw


def failing(whole: Raw, at: NDArray[np.bool_], numbers: Any, strings: Any) -> NDArray[np.float64]:
    if at.any():
        raise problem("ARTIFACT004", "the model failed")
    return whole(numbers, strings)


@pytest.mark.parametrize(("how", "said"), [(not_a_number, "output-not-finite"), (failing, "model-failed")])
def test_a_record_that_the_model_cannot_answer_costs_the_others_nothing(
    own: Model, how: Callable[..., NDArray[np.float64]], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, predictor, amount = own._predictor.raw, own._predictor, RECORD["amount"]

    def raw(numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        return how(whole, (numbers == amount).any(axis=1), numbers, strings)

    monkeypatch.setattr(predictor, "raw", raw, raising=False)

    answers = asked(own, [BODIES[0], BODY, BODIES[1]])

    refused = answers[1]
    assert bodies_of(answers) == bodies_of(asked(own, BODIES[:2]))
    assert isinstance(refused, Refusal)
    assert refused.kind.code == said


def test_an_error_in_the_server_reaches_every_caller(own: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Model, "each", lambda *_: dict[str, int]()["secret"])

    answers = asked(own, BODIES[:3])

    assert [type(answer) for answer in answers] == [KeyError] * 3


def test_a_caller_who_left_leaves_the_others_their_answers(own: Model) -> None:
    async def one_leaves() -> list[Answer | BaseException]:
        with ThreadPoolExecutor(1) as threads:
            batcher = Batcher(own, threads)
            tasks = [asyncio.ensure_future(batcher.answer(body, False)) for body in BODIES[:3]]
            await asyncio.sleep(0)
            tasks[1].cancel()
            return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(one_leaves())

    assert [type(answer) for answer in answers] == [Answer, asyncio.CancelledError, Answer]


def test_under_load_every_caller_gets_the_answer_to_its_own_question(handoff: Path, tmp_path: Path) -> None:
    with running(handoff, tmp_path / "log") as server:
        expected = [server.ask(body=body)[1] for body in BODIES]

        with Traffic(server.port) as traffic:
            given = [server.ask(body=body)[1] for body in BODIES]

        assert given == expected
        assert set(traffic.seen) == {"200"}


def test_a_prediction_is_one_packet(handoff: Path, tmp_path: Path) -> None:
    head = f"POST /v1/predict HTTP/1.1\r\nhost: test\r\ncontent-length: {len(BODY)}\r\n\r\n".encode()

    with running(handoff, tmp_path / "log") as server, socket.create_connection(("127.0.0.1", server.port)) as caller:
        for _ in range(3):
            caller.sendall(head + BODY)
            answer = caller.recv(65536)

            start, _, body = answer.partition(b"\r\n\r\n")
            assert start.startswith(b"HTTP/1.1 200 OK\r\n")
            assert json.loads(body).keys() == {"fraud", "fraud_probability"}
            assert f"content-length: {len(body)}".encode() in start.split(b"\r\n")
            assert sum(line.startswith(b"date: ") for line in start.split(b"\r\n")) == 1
