"""The tests against mutants of one module, each mutant in a copy of a waiting process.

`Trial` is a pytest run that collects once; a copy of it runs all tests on the module as it is, to
learn which of them reach which function, and how long each takes. Per mutant a copy then gets the
code of one function exchanged (or a statement, say, that the module keeps for itself) and runs the
tests that reach it, the quickest first, up to the first that fails. What others take over at import
cannot be exchanged later: for that `alone` reads the whole program with the mutant in place of the
module. No file is ever changed.
"""

import ast
import importlib.machinery
import importlib.util
import inspect
import os
import pickle
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, TypeVar

import pytest

from tests.mutation.mutants import Mutant, mutated

PATIENCE = 30  # seconds beyond four times what the tests compute; then it is an endless loop
LONGEST = 3600
QUIET = [
    *("-q", "-p", "no:cacheprovider", "-o", "tmp_path_retention_policy=failed"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
]
T = TypeVar("T")


@dataclass(frozen=True)
class Broken:
    """A module to break: its file, its dotted name, and the tests that should notice.

    `warming` are tests of what no mutant changes and what lasts for the session; `chosen` is an
    expression of pytest's -k.
    """

    path: Path
    name: str
    tests: Sequence[Path]
    warming: Path | None = None
    chosen: str = ""

    @property
    def source(self) -> str:
        return self.path.read_text("utf-8")

    def options(self, files: Iterable[Path]) -> list[str]:
        return [*QUIET, "-k", self.chosen, *map(str, files)]


@dataclass
class Known:
    """What the tests of the sound module told."""

    seconds: dict[str, float] = field(default_factory=dict)  # of each test
    reaching: dict[str, set[str]] = field(default_factory=dict)  # function → tests
    failed: list[str] = field(default_factory=list)

    def order(self, item: pytest.Item) -> tuple[bool, float]:
        """The quickest first, and PostgreSQL only for what SQLite lets pass."""
        return "postgresql" in item.nodeid, self.seconds.get(item.nodeid, 0.0)


class Trial:
    """A pytest plugin that tries mutants in place of running tests once."""

    def __init__(self, module: Broken, tried: Iterable[Mutant]) -> None:
        self.module, self.tried = module, tried
        self.known = Known()
        self.killers: dict[str, str] = {}  # mutant → the test that noticed, or ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        plain_hypothesis()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        warming = [item for item in session.items if item.path == self.module.warming]
        items = [item for item in session.items if item.path != self.module.warming]
        if session.testsfailed or not items:
            self.known.failed.append("not all tests could be collected")
            return True
        for item in warming:
            if any(item.name.removeprefix("test_") in each.nodeid for each in items):
                _run(item, items[0])
        self.known = copied(lambda: self._watched(items), LONGEST) or Known(failed=["a crash"])
        if not self.known.failed:
            for mutant in self.tried:
                reaching = self.known.reaching.get(mutant.scope, set())
                if not _function(self.module, mutant.scope):
                    reaching = set().union(*self.known.reaching.values())
                chosen = [item for item in items if item.nodeid in reaching]
                self.killers[mutant.name] = self._killer(
                    mutant, sorted(chosen, key=self.known.order)
                )
        _run([*warming, *items][0], None)
        return True

    def _killer(self, mutant: Mutant, chosen: list[pytest.Item]) -> str:
        def work() -> str:
            _exchange(self.module, mutant)
            return next((item.nodeid for item, passed in _each(chosen) if not passed), "")

        seconds = sum(self.known.seconds[item.nodeid] for item in chosen)
        return _said(copied(work, PATIENCE + 4 * seconds))

    def _watched(self, items: list[pytest.Item]) -> Known:
        """Run everything on the sound module, and see which function is called by which test."""
        known, path = Known(), str(self.module.path)
        called: set[str] = set()

        def watch(frame: FrameType, _event: str, _argument: object) -> None:
            if frame.f_code.co_filename == path:
                called.add(frame.f_code.co_qualname.partition(".<locals>")[0])

        threading.settrace(watch)
        sys.settrace(watch)
        begun = time.process_time()
        for item, passed in _each(items):
            now = time.process_time()
            known.seconds[item.nodeid], begun = now - begun, now
            if not passed:
                known.failed.append(item.nodeid)
            for scope in called:
                known.reaching.setdefault(scope, set()).add(item.nodeid)
            called.clear()
        return known


def _run(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test; whether it passed. What lasts for the session stays while one follows."""
    before = item.session.testsfailed
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return item.session.testsfailed == before


def _each(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, bool]]:
    for item, following in zip(items, [*items[1:], *items[:1]], strict=True):
        yield item, _run(item, following)


class Alone:
    """A pytest plugin for a run on one mutant that is there from the import on."""

    def __init__(self, known: Known) -> None:
        self.known, self.killer = known, ""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        plain_hypothesis()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=self.known.order)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.killer = self.killer or report.nodeid


class Planted(importlib.machinery.SourceFileLoader):
    """Gives a module another syntax tree than its file has."""

    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec", dont_inherit=True)

    def find_spec(self, fullname: str, *_more: object) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)


def alone(module: Broken, mutant: Mutant, known: Known) -> str:
    """The test that notices a mutant of what runs at import, or ""."""

    def work() -> str:
        planted = Planted(module.name, str(module.path))
        planted.tree = mutated(module.source, mutant)
        sys.meta_path.insert(0, planted)
        plugin = Alone(known)
        status = pytest.main([*module.options(module.tests), "-x"], plugins=[plugin])
        return plugin.killer or ("the import" if status else "")

    return _said(copied(work, PATIENCE + 4 * sum(known.seconds.values())))


def attempt(module: Broken, tried: Iterable[Mutant]) -> tuple[Known, dict[str, str]]:
    """What the sound module's tests told, and who noticed which mutant ("": nobody)."""
    tried = list(tried)
    within = Trial(module, [mutant for mutant in tried if mutant.scope])

    def work() -> tuple[Known, dict[str, str]]:
        files = [*([module.warming] if module.warming else []), *module.tests]
        pytest.main(module.options(files), plugins=[within])
        return within.known, within.killers

    known, killers = copied(work, LONGEST) or (Known(failed=["a crash"]), {})
    if not known.failed:
        killers |= {each.name: alone(module, each, known) for each in tried if not each.scope}
    return known, killers


def copied(work: Callable[[], T], seconds: float) -> T | None:
    """What `work` gives, done in a copy of this process that is then gone; None: it died."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads, which have all ended
        child = os.fork()
    if not child:
        try:
            os.setpgid(0, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(int(seconds) + 1)
            said = pickle.dumps(work())
            while said:
                said = said[os.write(writing, said) :]
        except BaseException as fault:  # noqa: BLE001  # told by the empty pipe
            traceback.print_exception(fault)
        finally:
            os._exit(0)  # not one step further as what this is a copy of
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # with what it may have started
        os.waitpid(child, 0)
    return pickle.loads(said) if said else None


def _said(killer: str | None) -> str:
    return "time, or a crash" if killer is None else killer


def _function(module: Broken, scope: str) -> FunctionType | None:
    """The function of this name, whatever is wrapped around it; None: it is none."""
    found: Any = sys.modules[module.name]
    for name in scope.split("."):
        found = inspect.getattr_static(found, name)
    for wrapped in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, wrapped, found)
    return found if isinstance(found, FunctionType) else None


def _exchange(module: Broken, mutant: Mutant) -> None:
    """Give the function of a mutant its code; or the module all its private values anew."""
    code = compile(mutated(module.source, mutant), str(module.path), "exec", dont_inherit=True)
    if function := _function(module, mutant.scope):
        function.__code__ = next(each for each in _codes(code) if each.co_qualname == mutant.scope)
        return
    anew: dict[str, Any] = {"__name__": module.name}
    exec(code, anew)
    values = {name: value for name, value in anew.items() if re.match("_[^_]", name)}
    vars(sys.modules[module.name]).update(
        {name: value for name, value in values.items() if not callable(value)}
    )


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def plain_hypothesis() -> None:
    """The same examples each time; none is kept, none is made small."""
    import hypothesis

    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    profile = hypothesis.settings(derandomize=True, database=None, phases=phases)
    hypothesis.settings.register_profile("mutants", profile, deadline=None)
    hypothesis.settings.load_profile("mutants")
