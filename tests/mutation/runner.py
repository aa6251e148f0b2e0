"""Runs the tests against each mutant: one warm process with everything collected, a fork of it for each.

A fork exchanges the code of the module's functions and runs the tests that reach the changed lines, quickest first. A
change outside any function (a table, a default) needs a fresh import: for those a second, cold process is forked at
the beginning, before anything of the program is imported. Several such pairs share the mutants, one after the other
in turn; most tests of threads wait, so that two pairs take half the time of one.
"""

from __future__ import annotations

import ast
import contextlib
import ctypes
import functools
import gc
import importlib.abc
import importlib.util
import mmap
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import IO, Any, NoReturn

import pytest

from tests.mutation.mutants import Mutant, module_name, mutants

QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
"""Hypothesis is imported before pytest looks: its own assertions need no rewriting."""
MEMORY_BYTES = 3 * 1024**3
TEST_S = 5.0
"""A test that takes longer hangs (the slowest takes a quarter of a second): that is noticed, too."""
_LIMIT_S = 900.0
"""The same for all tests of one mutant, where even that does not end it: many times what they take."""
_LIKELY = 60

KILLED, HUNG, SURVIVED, UNREACHED = 1, 2, 0, 3


@dataclass(slots=True)
class Reach:
    """Which lines of the watched files each test reaches, and how long it takes."""

    lines: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    took_s: dict[str, float] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def tests_of(self, file: str, first: int, last: int) -> list[str]:
        """Names of the tests that reach any of the lines, quickest first."""
        wanted = {(file, line) for line in range(first, last + 1)}
        found = [name for name, lines in self.lines.items() if not wanted.isdisjoint(lines)]
        return sorted(found, key=lambda name: self.took_s[name])

    def tests_of_file(self, file: str) -> list[str]:
        """Names of the tests that reach anything in the file."""
        return sorted(
            (name for name, lines in self.lines.items() if any(f == file for f, _ in lines)),
            key=lambda name: self.took_s[name],
        )


class Tracer:
    """Notes lines of watched files while a test runs, on every thread."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = frozenset(files)
        self.seen: set[tuple[str, int]] = set()

    def __call__(self, frame: FrameType, event: str, arg: object) -> Any:
        name = frame.f_code.co_filename
        if name not in self._files:
            return None
        self.seen.add((name, frame.f_lineno))
        return self._line

    def _line(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            self.seen.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line

    def on(self) -> None:
        self.seen = set()
        threading.settrace(self)
        sys.settrace(self)

    def off(self) -> set[tuple[str, int]]:
        sys.settrace(None)
        threading.settrace(None)
        return self.seen


class Warm:
    """A pytest plugin: instead of running the tests once it runs them against every mutant."""

    def __init__(
        self,
        watched: Sequence[Path],
        paths: Sequence[Path],
        colds: Sequence[Cold],
        wanted: Callable[[Mutant], bool],
        told: Callable[[Mutant, int], None],
        *,
        reach_file: Path | None = None,
        most: int | None = None,
    ) -> None:
        """Wire it.

        Args:
            watched: files whose lines are noted.
            paths: files that are mutated.
            colds: for changes outside functions, one for each process that is to work.
            wanted: whether a mutant is tried.
            told: hears how each ended.
            reach_file: where to keep what each test reaches.
            most: tests for one mutant; None: all that reach it.
        """
        self._watched = watched
        self._paths = paths
        self._colds = colds
        self._wanted = wanted
        self._told = told
        self._reach_file = reach_file
        self._most = most
        self.failed = False
        self.reach = Reach()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not self._known(session.items):
            self._look(session.items, Tracer([str(path.resolve()) for path in self._watched]))
            self._keep()
        if self.failed:
            raise session.Failed("the tests fail without any mutant")
        items = {item.nodeid: item for item in session.items}
        with contextlib.ExitStack() as stack:
            answers = [stack.enter_context(self._begin(turn, items)) for turn in range(len(self._colds))]
            for nth, (_, mutant) in enumerate(self._mutants()):
                self._told(mutant, int(answers[nth % len(answers)].readline()))
        return True

    def _mutants(self) -> Iterator[tuple[Path, Mutant]]:
        for path in self._paths:
            yield from ((path, mutant) for mutant in mutants(path) if self._wanted(mutant))

    def _begin(self, turn: int, items: dict[str, pytest.Item]) -> IO[str]:
        """A process that takes every so manieth mutant; how each ended is a line of what is returned."""
        ours, theirs = os.pipe()
        if os.fork():
            os.close(theirs)
            return os.fdopen(ours)
        try:
            end_with_parent()
            os.close(ours)
            self._work(turn, items, os.fdopen(theirs, "w"))
        except BaseException:  # noqa: BLE001 - said aloud; the parent misses the next line and stops
            traceback.print_exc()
        os._exit(0)

    def _work(self, turn: int, items: dict[str, pytest.Item], answers: IO[str]) -> None:
        """Try this process's share.

        Which test noticed is remembered for each module: it is tried first at its next mutant.
        """
        killers: Counter[str] = Counter()
        killer = mmap.mmap(-1, 1024)  # a fork writes its name here
        module: Path | None = None
        for nth, (path, mutant) in enumerate(self._mutants()):
            if nth % len(self._colds) != turn:
                continue
            if path != module:
                module, file, functions = path, str(path.resolve()), functions_of(str(path.resolve()))
                inside = self.reach.tests_of_file(file)
                killers.clear()
                if inside and not functions:
                    raise RuntimeError(f"no function of {module} is found: nothing could be exchanged")
            names = self.reach.tests_of(file, *mutant.lines) if mutant.in_function else inside
            chosen = self._in_order(names, path, killers)
            if not mutant.in_function:  # a record's field or a table: who reads it need not come by here
                chosen += self._in_order(sorted(self.reach.took_s.keys() - set(inside)), path, killers)
            chosen = chosen[: self._most]
            if not chosen:
                ended = UNREACHED
            elif mutant.in_function:
                killer[:] = bytes(len(killer))
                run = [items[name] for name in chosen]
                ended = in_fork(functools.partial(self._child, mutant, file, functions, run, killer), _LIMIT_S)
                if ended == KILLED and (name := killer[:].rstrip(b"\0").decode()):
                    killers[name] += 1
            else:
                ended = self._colds[turn].run(path, mutant.number, chosen, _LIMIT_S)
            print(ended, file=answers, flush=True)

    def _known(self, items: list[pytest.Item]) -> bool:
        """Whether an earlier run looked at these very tests."""
        if self._reach_file is None or not self._reach_file.exists():
            return False
        self.reach = pickle.loads(self._reach_file.read_bytes())  # noqa: S301 - our own file
        same_tests = {item.nodeid for item in items} == self.reach.took_s.keys()
        return same_tests and self.reach.sources == self._sources()

    def _sources(self) -> dict[str, str]:
        return {str(path): sha256(path.read_bytes()).hexdigest() for path in self._watched}

    def _keep(self) -> None:
        if self._reach_file is not None and not self.failed:
            self._reach_file.write_bytes(pickle.dumps(self.reach))

    def _look(self, items: list[pytest.Item], tracer: Tracer) -> None:
        """Run everything once as it is."""
        self.reach = Reach(sources=self._sources())
        for item, following in pairwise([*items, None]):
            assert item is not None
            tracer.on()
            began_s = time.perf_counter()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self.reach.took_s[item.nodeid] = time.perf_counter() - began_s
            self.reach.lines[item.nodeid] = tracer.off()

    def _in_order(self, names: list[str], path: Path, killers: Counter[str]) -> list[str]:
        """Those that have noticed something in this module before go first, then its own, those of one thing first."""
        mine, lines = f"tests/{path.parent.name}/", self.reach.lines
        return sorted(names, key=lambda n: (-killers[n], not n.startswith(mine), len(lines[n])))

    def _child(
        self, mutant: Mutant, file: str, functions: list[FunctionType], items: list[pytest.Item], killer: mmap.mmap
    ) -> bool:
        exchange(functions, compile(ast.fix_missing_locations(mutant.tree), file, "exec"))
        self.failed = False
        items[0].config._env_timeout = TEST_S  # type: ignore[attr-defined]  # pytest-timeout's
        folder = Path(tempfile.mkdtemp(prefix="mutant-", dir=memory_folder()))
        try:
            items[0].config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
            for item, following in pairwise([*items, None]):
                assert item is not None
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.failed:
                    name = item.nodeid.encode()[: len(killer)]
                    killer[: len(name)] = name
                    break
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return self.failed


def exchange(functions: list[FunctionType], module: CodeType) -> None:
    """Give every function the code that it has in this version of its module."""
    fresh = {(code.co_qualname, code.co_firstlineno): code for code in _codes(module)}
    for thing in functions:
        code = fresh.get((thing.__code__.co_qualname, thing.__code__.co_firstlineno))
        if code is not None and code != thing.__code__:
            thing.__code__ = code


def functions_of(file: str) -> list[FunctionType]:
    """All functions made from this file; caches around them are emptied."""
    found = []
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename == file:
            found.append(thing)
        elif isinstance(thing, functools._lru_cache_wrapper) and _of_file(thing, file):
            thing.cache_clear()
            found.append(thing.__wrapped__)  # type: ignore[arg-type]
    return found


def _of_file(cached: Any, file: str) -> bool:
    code = getattr(cached.__wrapped__, "__code__", None)
    return code is not None and code.co_filename == file


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


# ---------------------------------------------------------------- processes


def memory_folder() -> str | None:
    """Where files cost no disk, if there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of its own is made in it


def in_fork(job: Callable[[], bool], limit_s: float) -> int:
    """Run the job in a copy of this process; true from it means that the mutant was noticed."""
    child = os.fork()
    if not child:
        _in_child(job)
    ends_s = time.monotonic() + limit_s
    pause_s = 0.002
    while time.monotonic() < ends_s:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end_group(child)
            return SURVIVED if os.waitstatus_to_exitcode(status) == 0 else KILLED
        time.sleep(pause_s)
        pause_s = min(0.05, pause_s * 1.3)
    _end_group(child)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return HUNG


def _end_group(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it had no children of its own left
        os.killpg(child, signal.SIGKILL)


def end_with_parent() -> None:
    """No child outlives the run."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _in_child(job: Callable[[], bool]) -> NoReturn:
    try:
        os.setsid()
        end_with_parent()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        noticed = job()
    except BaseException:  # noqa: BLE001 - a mutant may break anything, the test run itself included
        noticed = True
    os._exit(1 if noticed else 0)


class Cold:
    """A process without anything of the program; each job is a fresh import with one mutated module."""

    def __init__(self) -> None:
        to_child, from_parent = os.pipe()
        to_parent, from_child = os.pipe()
        if not os.fork():
            os.close(from_parent)
            os.close(to_parent)
            _serve(os.fdopen(to_child), os.fdopen(from_child, "w"))
        os.close(to_child)
        os.close(from_child)
        self._jobs, self._answers = os.fdopen(from_parent, "w"), os.fdopen(to_parent)

    def run(self, path: Path, number: int, tests: list[str], limit_s: float) -> int:
        """Run these tests with the module's mutant of that number."""
        print(repr((str(path), number, tests, limit_s)), file=self._jobs, flush=True)
        return int(self._answers.readline())


def _serve(jobs: Any, answers: Any) -> NoReturn:
    for line in jobs:
        path, number, tests, limit_s = ast.literal_eval(line)
        print(in_fork(lambda p=path, n=number, t=tests: _fresh(Path(p), n, t), limit_s), file=answers, flush=True)  # type: ignore[misc]
    os._exit(0)


def _fresh(path: Path, number: int, tests: list[str]) -> bool:
    mutant = next(one for one in mutants(path) if one.number == number)
    code = compile(ast.fix_missing_locations(mutant.tree), str(path.resolve()), "exec")
    sys.meta_path.insert(0, _Finder(module_name(path), path, code))
    folder = tempfile.mkdtemp(prefix="mutant-", dir=memory_folder())
    options = ["-x", *QUIET, f"--timeout={TEST_S}", f"--basetemp={folder}/t"]
    try:  # the likeliest first: to collect all takes longer than they do
        return any(part and pytest.main([*options, *part]) != 0 for part in (tests[:_LIKELY], tests[_LIKELY:]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module: the mutated one."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self._name, self._path, self._code = name, path, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> Any:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path.resolve(), loader=self)

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - our own source, with one change
