"""A fake provider on a free port of 127.0.0.1 that records requests and plays plans."""

from __future__ import annotations

import asyncio
import collections
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import answers, http1
from .plans import Plan


@dataclass
class Seen:
    """One request that arrived, and what became of its connection."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    answered: threading.Event = field(default_factory=threading.Event)
    disconnected: threading.Event = field(default_factory=threading.Event)
    disconnected_at: float = 0.0

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


class Peer(asyncio.StreamReaderProtocol):
    """A connection that tells when its other side has gone."""

    def __init__(self, reader: asyncio.StreamReader, serve: Any, loop: Any) -> None:
        super().__init__(reader, serve, loop)
        self.gone = asyncio.Event()

    def eof_received(self) -> bool:
        self.gone.set()
        return bool(super().eof_received())

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        super().connection_lost(exc)


class FakeUpstream:
    """Plays queued plans first, then whatever `otherwise` decides (by default: like OpenAI)."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.otherwise: Callable[[Seen], Plan] = answers.like_openai
        self._queue: collections.deque[Plan] = collections.deque()
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fake-upstream", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def next(self, *plans: Plan) -> None:
        """The plans for the coming requests, in order."""
        self._queue.extend(plans)

    def wait_for(self, count: int, timeout: float = 10) -> list[Seen]:
        """All requests, once at least `count` have arrived."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.requests) >= count, timeout):
                raise AssertionError(f"{len(self.requests)} requests came, {count} were expected")
            return list(self.requests)

    @property
    def last(self) -> Seen:
        return self.wait_for(1)[-1]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(self._connect, "127.0.0.1", 0, backlog=1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _connect(self) -> Peer:
        reader = asyncio.StreamReader(limit=2**22, loop=self._loop)
        return Peer(reader, self._serve, self._loop)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (head := await http1.read_head(reader)) is not None:
                seen = Seen(*head, body=await http1.read_body(reader, head[2]))
                plan = self._queue.popleft() if self._queue else self.otherwise(seen)
                with self._arrived:
                    self.requests.append(seen)
                    self._arrived.notify_all()
                if not await self._answer(plan, seen, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the peer has gone, or the test is over
        finally:
            writer.close()

    async def _answer(self, plan: Plan, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        """Plays the plan; says whether the connection can be used again."""
        peer = writer.transport.get_protocol()
        assert isinstance(peer, Peer)
        playing = asyncio.ensure_future(self._play(plan, writer))
        leaving = asyncio.ensure_future(peer.gone.wait())
        await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finished = playing.done() and playing.exception() is None
        playing.cancel()
        leaving.cancel()
        if not finished:
            self._note_departure(seen)
        seen.answered.set()
        return finished and plan.ending == "end"

    def _note_departure(self, seen: Seen) -> None:
        seen.disconnected_at = time.monotonic()
        seen.disconnected.set()

    async def _play(self, plan: Plan, writer: asyncio.StreamWriter) -> None:
        headers = list(plan.headers.items())
        if plan.pieces is None:
            await self._pass(plan, 0)
            headers.append(("content-length", str(len(plan.body))))
            writer.write(http1.head_bytes(plan.status, headers) + plan.body)
        else:
            headers.append(("transfer-encoding", "chunked"))
            writer.write(http1.head_bytes(plan.status, headers))
            await writer.drain()
            for number, piece in enumerate(plan.pieces):
                await self._pass(plan, number)
                writer.write(http1.chunk(piece))
                await writer.drain()
            await self._pass(plan, len(plan.pieces))
            if plan.ending == "end":
                writer.write(http1.chunk(b""))
        await writer.drain()
        if plan.ending == "cut":
            writer.transport.abort() if plan.pieces is None else writer.close()
        if plan.ending == "stall":
            await asyncio.Event().wait()

    async def _pass(self, plan: Plan, number: int) -> None:
        """Waits at the gate before piece `number`, and lets the loop turn."""
        gate = plan.gates.get(number)
        while gate is not None and not gate.is_set():
            await asyncio.sleep(0.005)
        await asyncio.sleep(plan.pause)
