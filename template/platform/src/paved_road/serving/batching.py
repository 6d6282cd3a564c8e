"""How a model is run for requests: alone, in a thread, or for all at once that arrive in one turn of the event loop."""

import asyncio
from concurrent.futures import Executor

import msgspec

from paved_road.serving.model import Answer, Model
from paved_road.serving.problems import Refusal


class Batcher:
    """Answers requests of one model, from one event loop.

    Nobody waits for a batch to fill: it is what has arrived anyway. A run of onnxruntime for one record costs half of
    one for eight.

    Attributes:
        max_bytes: longest body of a request.
    """

    def __init__(self, model: Model, threads: Executor) -> None:
        """Take a model.

        Args:
            model: what predicts.
            threads: where to work on what would hold up the others.
        """
        self._model, self._threads, self.max_bytes = model, threads, model.max_bytes
        self._waiting: list[tuple[msgspec.Struct, asyncio.Future[Answer]]] = []

    async def answer(self, body: bytes, alone: bool) -> Answer:
        """Answer a request.

        Args:
            body: of the request.
            alone: whether no other is under way.

        Raises:
            Refusal: as `Model.answer`.
        """
        if len(body) > self._model.inline_bytes:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._model.answer, body)
        if alone:
            return self._model.answer(body)
        records, many = self._model.read(body)
        return self._model.predict(records, many) if many else await self._together(records[0])

    def _together(self, record: msgspec.Struct) -> asyncio.Future[Answer]:
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._predict)
        given: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((record, given))
        return given

    def _predict(self) -> None:
        most = self._model.inline_records
        batch, self._waiting = self._waiting[:most], self._waiting[most:]
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._predict)
        for (_, given), answer in zip(batch, self._answers([record for record, _ in batch]), strict=True):
            if given.done():  # nobody waits for it any more
                continue
            if isinstance(answer, Answer):
                given.set_result(answer)
            else:
                given.set_exception(answer)

    def _answers(self, records: list[msgspec.Struct]) -> list[Answer | Exception]:
        try:
            return [*self._model.each(records)]
        except Refusal:  # for which one of them may be to blame
            return [self._alone(record) for record in records]
        except Exception as error:
            return [error] * len(records)

    def _alone(self, record: msgspec.Struct) -> Answer | Exception:
        try:
            return self._model.predict([record], many=False)
        except Exception as error:
            return error
