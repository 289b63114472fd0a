"""Who opens an urn: this process alone, or several, each a part of it.

Opening a ballot is work for the processor, which Python does one thread at a time. So a large urn
goes to as many processes as there are cores. Batches go round, the first to the first process, and
at the second look the same ones to the same, since the rows come in the same order. What goes over
the pipes between them are rows as they are stored, keys, and sums; nothing is written.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

from app.count.part import Job, Part

# From how many rows on several processes are faster: together they take 0.2 s to start.
MANY = 10_000


class CrewLost(Exception):
    """One of the processes has ended before its work was done."""


class Crew(Protocol):
    """Opens the parts of an urn. The methods are those of `Part`."""

    def start(self, job: Job) -> None:
        """A part for each, from the beginning."""

    def hand(self, method: str, batch: Sequence[bytes]) -> None:
        """Give a batch of rows to whose turn it is."""

    def ask(self, method: str, *values: object) -> list[Any]:
        """What each answers; the turn goes back to the first."""
        ...


class Alone:
    """One part, in this process."""

    def start(self, job: Job) -> None:
        self._part = Part(job)

    def hand(self, method: str, batch: Sequence[bytes]) -> None:
        getattr(self._part, method)(batch)

    def ask(self, method: str, *values: object) -> list[Any]:
        return [getattr(self._part, method)(*values)]


class Several:
    """Parts in processes of their own, which end with this object's `close`, or with this process.
    Raises CrewLost when one has ended before."""

    def __init__(self, number: int) -> None:
        # Neither a fork, which would take threads and their locks along half, nor what was opened.
        spawn = multiprocessing.get_context("spawn")
        self._turn = 0
        self._pipes: list[Connection] = []
        self._processes = []
        for _each in range(number):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=_work, args=(theirs,), daemon=True, name="phieu-count")
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def start(self, job: Job) -> None:
        self.ask("start", job)

    def hand(self, method: str, batch: Sequence[bytes]) -> None:
        self._send(self._pipes[self._turn % len(self._pipes)], (method, (batch,), False))
        self._turn += 1

    def ask(self, method: str, *values: object) -> list[Any]:
        self._turn = 0
        for pipe in self._pipes:
            self._send(pipe, (method, values, True))
        answers = []
        for pipe in self._pipes:
            try:
                answer, fault = pipe.recv()
            except (EOFError, OSError) as error:
                raise CrewLost from error
            if fault is not None:
                raise fault
            answers.append(answer)
        return answers

    def _send(self, pipe: Connection, message: tuple[str, tuple[object, ...], bool]) -> None:
        try:
            pipe.send(message)
        except OSError as error:
            raise CrewLost from error

    def close(self) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(5)
            process.kill()
            process.join()
            process.close()


def _work(pipe: Connection) -> None:
    """What such a process does: work off what comes, answer what asks, end when the pipe does."""
    part: Part | None = None
    fault: Exception | None = None
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            method, values, answers = pipe.recv()
            answer = None
            try:
                if method == "start":
                    part, fault = Part(*values), None
                elif fault is None:
                    answer = getattr(part, method)(*values)
            except Exception as error:  # noqa: BLE001  # told to who asks next
                fault = error
            if answers:
                pipe.send((answer, fault))


@contextmanager
def crew_for(rows: int) -> Iterator[Crew]:
    """Who opens so many rows."""
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if rows < MANY or not number or number < 2:
        yield Alone()
        return
    several = Several(number)
    try:
        yield several
    finally:
        several.close()
