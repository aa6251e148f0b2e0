"""Gathers what a device thread calls back, and waits for it without sleeping."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Collector(Generic[T]):
    """A callback that keeps what it was called with."""

    def __init__(self) -> None:
        self._items: list[T] = []
        self._changed = threading.Condition()

    def __call__(self, item: T) -> None:
        with self._changed:
            self._items.append(item)
            self._changed.notify_all()

    @property
    def items(self) -> list[T]:
        with self._changed:
            return list(self._items)

    def wait_until(self, true_of: Callable[[list[T]], bool], timeout_s: float = 5.0) -> list[T]:
        with self._changed:
            assert self._changed.wait_for(lambda: true_of(self._items), timeout_s), "it never came"
            return list(self._items)
