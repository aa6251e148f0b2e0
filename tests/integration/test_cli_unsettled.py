"""`quay unsettled`: before a till is taken away, every voucher that is not settled is named; nothing is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.counter import Counter, Said
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def till(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """A till where this user's own would lie."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return Counter(tmp_path / "quay-voucher" / "sandbox", sandbox)


def of_this_user(till: Counter, *words: str) -> Said:
    """The command as a package calls it: no folder is named."""
    return till.on_its_own("unsettled", *words)


def test_queue_and_unknown_outcome_are_named_without_key_or_pin(till: Counter, sandbox: SandboxProcess) -> None:
    queued, lost = sandbox.labelled("plain")[-2:]
    till.here("check", queued)
    till.here("check", lost)
    sandbox.faults([{"operation": "mark_use", "fault": "drop_after"}])
    till.redeem("B1", lost)
    sandbox.faults([])
    sandbox.pull_cable()
    assert till.redeem("B2", queued).status == 4
    for key in (till.folder / name for name in ("key", "secrets.bin")):
        key.unlink()

    said = of_this_user(till, "--json")
    assert said.status == 3
    assert {(row["bill_number"], row["ending"], row["why"]) for row in said.json} == {
        ("B1", lost[-4:], "unknown"),
        ("B2", queued[-4:], "accepted_offline"),
    }
    told = of_this_user(till, "--lang", "vi").out
    assert "••••" + queued[-4:] in told
    assert "265.000" in told
    assert queued not in told


def test_a_settled_till_is_not_a_word_worth(till: Counter, sandbox: SandboxProcess) -> None:
    till.redeem("B1", sandbox.labelled("plain")[0])
    said = of_this_user(till)
    assert (said.status, said.out, said.err) == (0, "", "")


def test_a_journal_that_cannot_be_read_may_hold_something(till: Counter) -> None:
    till.folder.joinpath("journal.db").write_bytes(b"no journal")
    said = of_this_user(till)
    assert said.status == 2
    assert str(till.folder) in said.err


def test_a_folder_named_wrongly_is_no_till_that_owes_nothing(till: Counter, tmp_path: Path) -> None:
    said = till.on_its_own("unsettled", "--data", str(tmp_path / "typo"))
    assert (said.status, said.out) == (2, "")
    assert "--data" in said.err
    assert not (tmp_path / "typo").exists()


def test_nothing_is_made_where_there_is_no_till(tmp_path: Path, till: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nobody"))
    assert of_this_user(till).status == 0
    assert not (tmp_path / "nobody").exists()
