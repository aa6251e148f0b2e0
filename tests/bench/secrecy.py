"""What keeping secrets costs: signing in with a slow hash, and sealed fields in the commit of an offline acceptance."""

from __future__ import annotations

import time

from argon2 import PasswordHasher, Type

from pos.bootstrap import Program
from pos.journal.write_tx import Core
from pos.till.ports import Role
from tests.bench.table import Row
from tests.bench.tills import OfflineCounter, fresh_codes, open_till, scratch
from tests.bench.timing import each_s, in_turns, median, median_ratio, percentile, seconds_of, undisturbed

SIGN_IN_MS = 300.0
LEAST_KIB = 65_536
MOST_MORE = 1.10
_PIN = "593827"
_SIGN_INS, _ROUNDS, _EACH = 25, 150, 10


class PlainVault:
    """Seals nothing and hashes nothing: what the same commit would cost without secrets."""

    def seal(self, text: str, aad: str) -> bytes:
        """The text itself."""
        return text.encode()

    def open(self, blob: bytes, aad: str) -> str:
        """The text itself."""
        return blob.decode()

    def lookup(self, provider: str, code: str) -> bytes:
        """The code itself, as long as a hash."""
        return code.encode().rjust(16, b"0")


def sign_in() -> list[Row]:
    """The till's own way to check a PIN beside the library alone, at the same cost, by turns."""
    with scratch() as folder, open_till(folder / "till") as till, undisturbed():
        hasher = till.people._hasher
        bare = PasswordHasher(
            time_cost=hasher.time_cost, memory_cost=hasher.memory_cost, parallelism=hasher.parallelism,
            hash_len=hasher.hash_len, salt_len=hasher.salt_len, type=Type.ID,
        )  # fmt: skip
        till.people.add("Hương", Role.MANAGER, "80264937", actor="Hương")
        lan = till.people.add("Lan", Role.CASHIER, _PIN, actor="Hương")
        known = bare.hash(_PIN)
        taken = in_turns(
            {
                "ours": lambda: seconds_of(lambda: till.people.verify(lan.id, _PIN)),
                "argon2": lambda: seconds_of(lambda: bare.verify(known, _PIN)),
            },
            _SIGN_INS,
        )
    slow_ms = percentile(taken["ours"], 95) * 1000
    note = f"argon2id, {hasher.memory_cost // 1024} MiB, {hasher.time_cost} passes; {_SIGN_INS} turns"
    return [
        Row("sign-in, 95 of 100", f"{slow_ms:.0f} ms", f"limit {SIGN_IN_MS:.0f} ms", slow_ms / SIGN_IN_MS, "≤ 1",
            slow_ms <= SIGN_IN_MS and hasher.memory_cost >= LEAST_KIB, note),
        Row("  beside argon2-cffi alone", f"{median(taken['ours']) * 1000:.1f} ms",
            f"verify: {median(taken['argon2']) * 1000:.1f} ms", median_ratio(taken["ours"], taken["argon2"])),
    ]  # fmt: skip


def encryption() -> list[Row]:
    """The whole offline acceptance with and without sealing, by turns, on two tills of their own."""
    with (
        scratch() as folder,
        open_till(folder / "sealed") as sealed,
        open_till(folder / "plain") as plain,
        undisturbed(),
    ):
        _open_fields(plain)
        codes = iter(fresh_codes(2 * _ROUNDS * _EACH, seed=1))
        counters = {"sealed": OfflineCounter(sealed), "plain": OfflineCounter(plain)}

        def times(name: str) -> float:
            began_s = time.thread_time()
            took_s = each_s(lambda: counters[name].accept(next(codes)), _EACH)
            computed[name].append((time.thread_time() - began_s) / _EACH)
            return took_s

        computed: dict[str, list[float]] = {name: [] for name in counters}
        taken = in_turns({"sealed": lambda: times("sealed"), "plain": lambda: times("plain")}, _ROUNDS)
    ratio, of_computing = (median_ratio(each["sealed"], each["plain"]) for each in (taken, computed))
    note = f"{_ROUNDS} turns of {_EACH}; the same program with a vault that leaves text as it is"
    return [
        Row("accept offline, sealed", f"{median(taken['sealed']) * 1e6:.0f} µs",
            f"nothing sealed or hashed: {median(taken['plain']) * 1e6:.0f} µs", ratio, f"≤ {MOST_MORE}",
            ratio <= MOST_MORE, note),
        Row("  its computing alone", f"{median(computed['sealed']) * 1e6:.0f} µs",
            f"the same: {median(computed['plain']) * 1e6:.0f} µs", of_computing),
    ]  # fmt: skip


def _open_fields(till: Program) -> None:
    """Take the vault out of an open journal; the chain and the second log stay as they are."""
    core: Core = till.journal._core
    object.__setattr__(core, "vault", PlainVault())
