"""Threads without threads: greenlets whose every switch comes from the seed, and time that passes only when all wait.

The engine under test is built on `threading` and `queue`. A run that is to repeat itself exactly cannot leave the
order of its threads to the operating system, and a layer of our own between engine and `threading` would be there in
production for the tests' sake alone. So the names `threading`, `queue` and `time` of the engine's modules are replaced
while a simulated world exists (`installed`), and nothing else of the engine is touched.

A switch can happen at every port call (network, disk, printer), at every wait, and now and then where a lock is taken.
"""

from __future__ import annotations

import heapq
import importlib
import random
import zlib
from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from greenlet import GreenletExit, greenlet

PATCHED = (
    "pos.till.clockwatch",
    "pos.till.gate",
    "pos.till.issuers",
    "pos.till.leases",
    "pos.till.offline",
    "pos.till.printing",
    "pos.till.service",
    "pos.till.settle_loop",
    "pos.till.workers",
    "pos.journal.connection",
    "pos.journal.write_tx",
    "pos.providers.http",
    "pos.providers.transport",
    "httpcore._synchronization",
)
"""Modules whose `threading`, `queue` and `time` are replaced. httpcore waits for a free connection by an event."""
_LOCKS_BETWEEN_SWITCHES = 40
"""On average; a lock that nobody holds is a switch point now and then, as the operating system would have it."""


class Group:
    """Tasks that live and die together: the threads of one till's process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.tasks: list[Task] = []


class Task:
    """One simulated thread; stands in for `threading.Thread` where a thread asks who it is."""

    __slots__ = (
        "blocked",
        "done",
        "facts",
        "group",
        "joiners",
        "locals",
        "name",
        "number",
        "switch",
        "throw",
        "turn",
        "woken",
    )

    def __init__(self, number: int, name: str, group: Group) -> None:
        self.number = number
        self.name = name
        self.group = group
        self.done = False
        self.blocked = False
        self.woken = False
        self.turn = 0
        self.switch: Callable[[], object]
        self.throw: Callable[[type[BaseException]], object]
        self.joiners: list[Task] = []
        self.locals: dict[int, dict[str, Any]] = {}
        self.facts: dict[str, str] = {}
        """What the world wants to know of this task later, e.g. the fault its last call met."""

    def is_alive(self) -> bool:
        """As `threading.Thread.is_alive`."""
        return not self.done

    def __lt__(self, other: Task) -> bool:
        return self.number < other.number


class Stalled(Exception):
    """Every task waits for another, for ever: a deadlock in what is simulated."""


class Scheduler:
    """Runs tasks one at a time. The outermost caller (the hub) is no task and must not wait.

    Args:
        seed: of every choice of who goes next.
    """

    def __init__(self, seed: int | str) -> None:
        self.now_s = 0.0
        """Virtual time: seconds since the world began."""
        self.ports = 0
        """Port calls so far."""
        self.switches = 0
        self.trace = 0
        """Checksum over every port call so far: the same for the same seed."""
        self.on_port: Callable[[int, str, Task], None] | None = None
        """Hears every port call (number, name, task) before it is made; may doom the task's group."""
        self.on_death: Callable[[Task, Exception], None] | None = None
        """Hears of a task that ended by an exception nobody caught."""
        self._dice = random.Random(f"scheduler {seed}")
        self._locks_left = _LOCKS_BETWEEN_SWITCHES
        self._ready: list[Task] = []
        self._timers: list[tuple[float, int, Task, int]] = []
        self._numbers = 0
        self._pollers: list[tuple[Task, Callable[[], bool]]] = []
        self._doomed: list[Group] = []
        self._groups: list[Group] = []
        self._hub = greenlet.getcurrent()
        self._outside = Task(0, "hub", Group("hub"))
        self.current = self._outside

    # ------------------------------------------------------------ tasks

    def spawn(self, run: Callable[[], object], name: str, group: Group | None = None) -> Task:
        """Begin a task; it runs when its turn comes. Without a group it belongs to its maker's."""
        group = group or self.current.group
        task = Task(self.next_number(), name, group)
        body = greenlet(lambda: self._body(task, run), self._hub)
        task.switch, task.throw = body.switch, body.throw
        if not group.tasks and group not in self._groups:
            self._groups.append(group)
        group.tasks.append(task)
        if group.dead:
            task.done = True
        else:
            insort(self._ready, task)
        return task

    def _body(self, task: Task, run: Callable[[], object]) -> None:
        try:
            run()
        except GreenletExit:
            pass  # the end of its process
        except Exception as error:  # noqa: BLE001 - whatever ends a thread is what the world wants to hear of
            if self.on_death is not None:
                self.on_death(task, error)
        finally:
            task.done = True
            if not task.group.dead:
                task.group.tasks.remove(task)
            for joiner in task.joiners:
                self.wake(joiner)

    def next_number(self) -> int:
        """A number that nothing else in this world has."""
        self._numbers += 1
        return self._numbers

    def doom(self, group: Group) -> None:
        """End every task of the group where it stands; whoever calls from within it does not come back."""
        group.dead = True
        self._doomed.append(group)
        if self.current.group is group:
            self._hub.switch()
            raise GreenletExit

    def kill_all(self) -> None:
        """End every task there is (from the hub)."""
        for group in self._groups:
            group.dead = True
            self._kill(group)
        self._groups.clear()

    def _kill(self, group: Group) -> None:
        self._ready = [task for task in self._ready if task.group is not group]
        self._pollers = [(task, test) for task, test in self._pollers if task.group is not group]
        for task in group.tasks:
            if not task.done:
                self.current = task
                task.throw(GreenletExit)
                task.done = True
        self.current = self._outside
        group.tasks.clear()

    # ------------------------------------------------------------ running

    def run(self, over: Callable[[], bool]) -> None:
        """Let tasks run until `over` says so (asked between any two switches).

        Raises:
            Stalled: nobody can ever go on.
        """
        dice = self._dice.random
        while not over():
            if self._doomed:
                for group in self._doomed:
                    self._kill(group)
                    self._groups.remove(group)
                self._doomed.clear()
            if self._pollers:
                self._poll()
            ready = self._ready
            if not ready:
                self._pass_time()
                continue
            task = ready.pop(int(dice() * len(ready)) if len(ready) > 1 else 0)
            self.current = task
            self.switches += 1
            task.switch()
            self.current = self._outside

    def _poll(self) -> None:
        for task, test in list(self._pollers):
            if test():
                self.wake(task)

    def _pass_time(self) -> None:
        timers = self._timers
        while timers:
            at_s, _, task, turn = heapq.heappop(timers)
            if task.blocked and task.turn == turn:
                if at_s > self.now_s:
                    self.now_s = at_s
                task.blocked = False
                insort(self._ready, task)
                return
        raise Stalled

    # ------------------------------------------------------------ waiting (called by tasks)

    def block(self, timeout_s: float | None = None) -> bool:
        """Wait to be woken; false if the time ran out."""
        task = self.current
        if task.group.dead or task is self._outside:
            raise GreenletExit
        task.blocked, task.woken = True, False
        task.turn += 1
        if timeout_s is not None:
            at_s = self.now_s + max(0.0, timeout_s)
            heapq.heappush(self._timers, (at_s, self.next_number(), task, task.turn))
        self._hub.switch()
        return task.woken

    def wake(self, task: Task) -> None:
        """Let a waiting task go on."""
        if task.blocked:
            task.blocked, task.woken = False, True
            insort(self._ready, task)

    def pause(self) -> None:
        """Let others go first, if the dice say so."""
        if self._ready and self.current is not self._outside:
            task = self.current
            if task.group.dead:
                raise GreenletExit
            insort(self._ready, task)
            self._hub.switch()

    def sleep(self, seconds: float) -> None:
        """Virtual time goes by for this task."""
        self.block(seconds)

    def wait_until(self, predicate: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Wait until the predicate holds (asked at every switch); false if the time ran out first."""
        if predicate():
            return True
        entry = (self.current, predicate)
        self._pollers.append(entry)
        try:
            return self.block(timeout_s) or predicate()
        finally:
            if entry in self._pollers:
                self._pollers.remove(entry)

    def port(self, name: str) -> None:
        """The current task touches the world outside: a numbered point where faults and crashes are placed."""
        task = self.current
        if task.group.dead:
            raise GreenletExit
        self.ports += 1
        self.trace = zlib.crc32(b"%d %s" % (task.number, name.encode()), self.trace)
        if self.on_port is not None:
            self.on_port(self.ports, name, task)
        if self._ready:
            self.pause()

    def before_lock(self) -> None:
        """Now and then a switch point."""
        self._locks_left -= 1
        if self._locks_left <= 0:
            self._locks_left = int(self._dice.random() * 2 * _LOCKS_BETWEEN_SWITCHES)
            self.pause()


# ---------------------------------------------------------------- stand-ins

_scheduler: Scheduler | None = None


def running() -> Scheduler:
    """The scheduler of the world that exists now."""
    assert _scheduler is not None, "no simulated world exists"
    return _scheduler


class Lock:
    """Stands in for `threading.Lock`."""

    def __init__(self) -> None:
        self._scheduler = running()
        self._owner: Task | None = None
        self._waiting: deque[Task] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        scheduler = self._scheduler
        scheduler.before_lock()
        if not blocking and self._owner is not None:
            return False
        ends_s = None if timeout < 0 else scheduler.now_s + timeout
        while self._owner is not None:
            left_s = None if ends_s is None else ends_s - scheduler.now_s
            if left_s is not None and left_s <= 0:
                return False
            self._wait(left_s)
        self._owner = scheduler.current
        return True

    def _wait(self, timeout_s: float | None) -> None:
        me = self._scheduler.current
        self._waiting.append(me)
        try:
            self._scheduler.block(timeout_s)
        finally:
            if me in self._waiting:
                self._waiting.remove(me)

    def release(self) -> None:
        self._owner = None
        if self._waiting:
            self._scheduler.wake(self._waiting.popleft())

    def locked(self) -> bool:
        return self._owner is not None

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.release()


class RLock(Lock):
    """Stands in for `threading.RLock`."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if self._owner is self._scheduler.current or super().acquire(blocking, timeout):
            self._depth += 1
            return True
        return False

    def release(self) -> None:
        if self._depth and self._owner is self._scheduler.current:
            self._depth -= 1
            if not self._depth:
                super().release()


class Condition:
    """Stands in for `threading.Condition`."""

    def __init__(self) -> None:
        self._scheduler = running()
        self._lock = Lock()
        self._waiting: list[Task] = []

    def __enter__(self) -> bool:
        return self._lock.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._lock.release()

    def wait(self, timeout: float | None = None) -> bool:
        scheduler = self._scheduler
        me = scheduler.current
        self._waiting.append(me)
        self._lock.release()
        try:
            return scheduler.block(timeout)
        finally:
            if me in self._waiting:
                self._waiting.remove(me)
            if not me.group.dead:
                self._lock.acquire()

    def wait_for(self, predicate: Callable[[], bool], timeout: float | None = None) -> bool:
        ends_s = None if timeout is None else self._scheduler.now_s + timeout
        while not predicate():
            left_s = None if ends_s is None else ends_s - self._scheduler.now_s
            if left_s is not None and left_s <= 0:
                return predicate()
            self.wait(left_s)
        return True

    def notify(self, n: int = 1) -> None:
        for task in self._waiting[:n]:
            self._scheduler.wake(task)

    def notify_all(self) -> None:
        self.notify(len(self._waiting))


class Event:
    """Stands in for `threading.Event`."""

    def __init__(self) -> None:
        self._scheduler = running()
        self._set = False
        self._waiting: list[Task] = []

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True
        for task in self._waiting:
            self._scheduler.wake(task)

    def clear(self) -> None:
        self._set = False

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set:
            me = self._scheduler.current
            self._waiting.append(me)
            try:
                self._scheduler.block(timeout)
            finally:
                self._waiting.remove(me)
        return self._set


class Thread:
    """Stands in for `threading.Thread`."""

    def __init__(
        self, *, target: Callable[[], object], name: str = "thread", daemon: bool = False, group: object = None
    ) -> None:
        del daemon, group
        self._scheduler = running()
        self._target = target
        self._group = self._scheduler.current.group
        self.name = name
        self._task: Task | None = None

    def start(self) -> None:
        self._task = self._scheduler.spawn(self._target, self.name, self._group)

    def is_alive(self) -> bool:
        return self._task is not None and not self._task.done

    def join(self, timeout: float | None = None) -> None:
        task = self._task
        if task is None or task.done:
            return
        me = self._scheduler.current
        task.joiners.append(me)
        self._scheduler.block(timeout)
        if me in task.joiners:
            task.joiners.remove(me)


class SimpleQueue:
    """Stands in for `queue.SimpleQueue`."""

    def __init__(self) -> None:
        self._scheduler = running()
        self._items: deque[Any] = deque()
        self._waiting: deque[Task] = deque()

    def put(self, item: object) -> None:
        self._items.append(item)
        if self._waiting:
            self._scheduler.wake(self._waiting.popleft())

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        ends_s = None if timeout is None else self._scheduler.now_s + timeout
        while not self._items:
            left_s = None if ends_s is None else ends_s - self._scheduler.now_s
            if not block or (left_s is not None and left_s <= 0):
                raise Empty
            me = self._scheduler.current
            self._waiting.append(me)
            try:
                self._scheduler.block(left_s)
            finally:
                if me in self._waiting:
                    self._waiting.remove(me)
        return self._items.popleft()

    def empty(self) -> bool:
        return not self._items

    def __class_getitem__(cls, item: object) -> type[Self]:
        return cls


class Local:
    """Stands in for `threading.local`."""

    def __init__(self) -> None:
        object.__setattr__(self, "_scheduler", running())
        object.__setattr__(self, "_key", running().next_number())

    def __getattr__(self, name: str) -> Any:
        try:
            return self._scheduler.current.locals[self._key][name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        self._scheduler.current.locals.setdefault(self._key, {})[name] = value

    def __delattr__(self, name: str) -> None:
        try:
            del self._scheduler.current.locals[self._key][name]
        except KeyError:
            raise AttributeError(name) from None


THREADING = SimpleNamespace(
    Lock=Lock,
    RLock=RLock,
    Condition=Condition,
    Event=Event,
    Thread=Thread,
    local=Local,
    get_ident=lambda: running().current.number,
    current_thread=lambda: running().current,
)
QUEUE = SimpleNamespace(SimpleQueue=SimpleQueue, Empty=Empty)
TIME = SimpleNamespace(
    sleep=lambda seconds: running().sleep(seconds),
    monotonic=lambda: running().now_s,
)
_NAMES = {"threading": THREADING, "queue": QUEUE, "time": TIME}


@contextmanager
def installed(scheduler: Scheduler) -> Iterator[Scheduler]:
    """Put the stand-ins in place while a world exists. One world at a time in a process."""
    global _scheduler  # noqa: PLW0603 - the engine's own calls carry no scheduler
    assert _scheduler is None, "a simulated world exists already"
    kept: list[tuple[Any, str, object]] = []
    _scheduler = scheduler
    try:
        for module_name in PATCHED:
            module = importlib.import_module(module_name)
            for name, stand_in in _NAMES.items():
                if hasattr(module, name):
                    kept.append((module, name, getattr(module, name)))
                    setattr(module, name, stand_in)
        yield scheduler
    finally:
        for module, name, original in kept:
            setattr(module, name, original)
        _scheduler = None
