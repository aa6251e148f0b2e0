"""The passphrase on a terminal: typed unseen, or from the file that `QUAY_PASSPHRASE_FILE` names."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable

from pos.domain.errors import SecurityError
from pos.i18n import Translator
from pos.security.asking import TOO_WEAK, Attempt, Unattended, check_strength

_TRIES = 3


class TerminalAsker:
    """Asks on the terminal. Standard input is not touched where the system has a terminal apart from it: a manager's
    PIN may be coming there.

    A file that was named on purpose goes first, at a terminal too.

    Args:
        language: gives the language of the questions, `vi` or `en`.
        unattended: looks for the file.
        chosen: looks for the file with a passphrase to be chosen, where that is another one.
        read: reads a line unseen.
        there: whether somebody could type.
    """

    def __init__(
        self,
        language: Callable[[], str],
        unattended: Unattended | None = None,
        chosen: Unattended | None = None,
        read: Callable[[str], str] = getpass.getpass,
        there: Callable[[], bool] | None = None,
    ) -> None:
        self._language = language
        self._unattended = unattended or Unattended()
        self._chosen = chosen or self._unattended
        self._read = read
        self._there = there or _somebody_types

    def existing(self, attempt: Attempt) -> None:
        """Three tries."""
        if self._unattended.answers or not self._there():
            self._unattended.existing(attempt)
            return
        words = Translator(self._language())
        for left in reversed(range(_TRIES)):
            try:
                attempt(self._ask(words.t("passphrase.prompt")))
                return
            except SecurityError as error:
                if error.code != "key.passphrase_wrong" or not left:
                    raise
                self._tell(words, error)

    def new(self, attempt: Attempt) -> None:
        """Until one is good enough and was typed twice alike."""
        if self._chosen.answers or not self._there():
            self._chosen.new(attempt)
            return
        words = Translator(self._language())
        print(words.t("passphrase.why_new"), file=sys.stderr)
        while True:
            try:
                phrase = self._ask(words.t("passphrase.prompt_new"))
                check_strength(phrase)
                if self._ask(words.t("passphrase.prompt_again")) != phrase:
                    raise SecurityError("key.passphrase_differs")
                attempt(phrase)
                return
            except SecurityError as error:
                if error.code not in TOO_WEAK | {"key.passphrase_differs"}:
                    raise
                self._tell(words, error)

    def _ask(self, prompt: str) -> str:
        try:
            phrase = self._read(prompt + " ")
        except (EOFError, KeyboardInterrupt):
            raise SecurityError("key.cancelled") from None
        if not phrase:
            raise SecurityError("key.cancelled")
        return phrase

    def _tell(self, words: Translator, error: SecurityError) -> None:
        print(words.message(error.code, error.params), file=sys.stderr)


def _somebody_types() -> bool:
    """Whether there is a terminal to ask on; without one `getpass` would read, and show, standard input."""
    if sys.platform == "win32":
        return sys.stdin is not None and sys.stdin.isatty()
    try:
        with open("/dev/tty", "r+b", buffering=0):
            return True
    except OSError:
        return False


def read_unseen(prompt: str) -> str:
    """The next line of standard input; where a person types it, unseen. Empty at its end."""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            return getpass.getpass(prompt + " ").strip()
        except EOFError:
            return ""
    return sys.stdin.readline().strip()
