"""Everything that is looked at, in the order in which it is told."""

from __future__ import annotations

from pos.checkup import looks_devices, looks_issuers, looks_journal, looks_keys, looks_machine
from pos.checkup.engine import Look

LOOKS = (
    Look("issuers", looks_issuers.set_up, 4.0),
    *looks_issuers.REACHING,
    Look("ca_file", looks_issuers.ca_files),
    Look("proxy", looks_issuers.proxy, 4.0),
    Look("printer", looks_devices.printer, 4.0),
    Look("scanner", looks_devices.scanner, 4.0),
    Look("clock", looks_machine.clock),
    Look("disk", looks_machine.disk, 4.0),
    Look("disk.rights", looks_machine.rights, 4.0),
    Look("journal", looks_journal.sound, 5.0),
    Look("chain", looks_journal.chain),
    Look("outside", looks_journal.outside),
    Look("key", looks_keys.keys),
    Look("copies", looks_journal.copies, 4.0),
    Look("queue", looks_journal.queue),
    Look("cases", looks_journal.cases),
    Look("slips", looks_journal.slips),
    Look("reports", looks_journal.reports, 4.0),
    Look("people", looks_journal.people),
    Look("process", looks_machine.process),
    Look("versions", looks_machine.versions),
    Look("unverified", looks_issuers.unverified),
)
