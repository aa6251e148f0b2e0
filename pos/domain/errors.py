"""The error families of the till: one root, few branches, each with a stable code.

```
PosError
├── RuleBroken            a transition the table does not know: our bug, nothing is changed
├── ProviderError         asking an issuer failed; sorted by what may have happened
│   ├── NotSent           provably nothing left this machine
│   ├── OutcomeUnknown    bytes may have left; the issuer may or may not have acted
│   ├── SetupFault        the issuer knows the caller is set up wrongly; provably nothing was done
│   └── Throttled         the issuer asks to slow down
├── JournalError          the journal could not do what was asked
│   ├── JournalUnavailable  the environment's fault (full disk, read-only, busy)
│   ├── JournalDamaged      the file is not (any longer) a sound database
│   └── JournalTooNew       written by a newer program
├── ReportError           a file for people could not be written or read
├── SecurityError         a PIN or key is wrong or missing
├── UpdateError           a newer program was refused, or cannot be put in place; the one that runs stays
└── ConfigError           a setting is missing or impossible
```

A business refusal is a value (`pos.domain.voucher`), never an error. Sentences for people are made at the edge
from `code` and `params` (`pos.i18n`); neither ever holds a secret or a whole voucher code.
"""

from __future__ import annotations

Param = str | int | float | bool | None


class PosError(Exception):
    """Root of all errors of this program.

    Args:
        code: stable dotted name, the key of the sentence shown to people.
        params: plain values for the sentence; never secrets.
    """

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Param] = params

    def __str__(self) -> str:
        details = ", ".join(f"{k}={v}" for k, v in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class RuleBroken(PosError):
    """A rule of the domain was about to be broken; nothing was changed."""


class ProviderError(PosError):
    """Asking an issuer did not end in its verdict."""


class NotSent(ProviderError):
    """Provably nothing reached the issuer: safe to send again."""


class OutcomeUnknown(ProviderError):
    """The request may have left; for a changing call only an inquiry may decide."""


class SetupFault(ProviderError):
    """The issuer refused the caller (PIN, address, path), not the voucher.

    Only raised for a changing call when the refusal proves that nothing was done.
    """


class Throttled(ProviderError):
    """The issuer asks to slow down (no automatic call until the pause is over)."""


class JournalError(PosError):
    """The journal could not do what was asked; the transaction left no trace."""


class JournalUnavailable(JournalError):
    """Disk full, read-only, permission, lock: the environment's fault."""


class JournalDamaged(JournalError):
    """The file is damaged or is not our journal."""


class JournalTooNew(JournalError):
    """The journal was written by a newer version of the program."""


class ReportError(PosError):
    """A file for people could not be written or read; what stood there stands."""


class SecurityError(PosError):
    """A PIN or key is wrong, missing or locked."""


class UpdateError(PosError):
    """A newer program was refused, could not be fetched, or may not be put in place now; the one that runs stays."""


class ConfigError(PosError):
    """A setting is missing, unknown or impossible."""
