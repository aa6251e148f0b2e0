"""Proves a code page on one very printer ("can you read this line?"), and makes the first page of a new one.

Pure: makes documents and bytes, takes a person's answers, gives a record to keep. Nothing here prints or asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from hardware.printer.codepages import DONG, VIETNAMESE, TextPage
from hardware.printer.document import (
    Align,
    Code128,
    Columns,
    Cut,
    Document,
    DrawerPulse,
    Feed,
    Item,
    Qr,
    Rule,
    Ruler,
    Size,
    Text,
)
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.printer.textmode import FONT_A_DOTS

_GROUP = 12  # letters between two spaces


@dataclass(frozen=True, slots=True)
class Candidate:
    """One code page to try.

    Attributes:
        number: What its line begins with on the slip, from 1.
        page: The page and how this printer selects it.
        letters: What it claims to have of all Vietnamese letters, both cases, and the đồng sign.
    """

    number: int
    page: TextPage
    letters: str

    def lines(self, columns: int) -> str:
        """What is printed in it, and as a picture beneath: broken alike in both, to be compared letter by letter.

        Args:
            columns: Characters on a line of the printer's own letters.
        """
        return f"{self.number}. " + grouped(self.letters, columns - 3)


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person has read a code page: on which printer, with which profile.

    Attributes:
        address: The printer's address; with another printer nothing is proven.
        profile: Name of its profile.
        page: What was read.
    """

    address: str
    profile: str
    page: TextPage

    def as_text(self) -> str:
        """Return it as one line for the settings; :func:`proven_page` reads it."""
        numbers = ",".join(str(number) for number in self.page.numbers)
        return f"{self.page.encoding}:{numbers} {self.profile} {self.address}"


def grouped(letters: str, columns: int) -> str:
    """Return ``letters`` in groups an eye can hold, as many on a line as ``columns`` can."""
    groups = [letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP)]
    on_a_line = max(1, (columns + 1) // (_GROUP + 1))
    return "\n".join(" ".join(groups[at : at + on_a_line]) for at in range(0, len(groups), on_a_line))


def candidates(profile: PrinterProfile) -> tuple[Candidate, ...]:
    """Return the code pages to try on a printer of this kind; none: it prints text as pictures."""
    pages = [TextPage(encoding, numbers) for encoding, numbers in profile.codepages.items()]
    wanted = VIETNAMESE + VIETNAMESE.upper() + DONG
    return tuple(
        Candidate(number, page, "".join(letter for letter in wanted if page.has(letter)))
        for number, page in enumerate(pages, 1)
    )


def reading_slip(profile: PrinterProfile, heading: str, encoder: Callable[[TextPage | None], EscposEncoder]) -> bytes:
    """Return the bytes of the slip that is read: each candidate's line, and beneath it the same as a picture.

    Args:
        profile: Of the printer.
        heading: What the person is asked, in the language of the moment.
        encoder: Makes an encoder for the profile that uses the given page, or pictures only.
    """
    pictures, columns = encoder(None), profile.width_dots // FONT_A_DOTS
    data = pictures.encode(Document((Text(heading, bold=True, align=Align.CENTER), Feed(16))))
    for candidate in candidates(profile):
        lines = candidate.lines(columns)
        data += encoder(candidate.page).encode(Document((Text(lines),)))
        data += pictures.encode(Document((Text(lines, Size.SMALL), Rule(dashed=True))))
    return data + pictures.encode(Document((Cut(),)))


def best(tried: Collection[Candidate], readable: Collection[int]) -> Candidate | None:
    """Return the candidate to print with; None: none was readable, text stays a picture.

    Of several readable pages the one with the most letters wins, then the one named first.

    Args:
        tried: The candidates, in the order of their numbers.
        readable: Numbers of those whose line said the same as the picture beneath it, letter by letter.
    """
    read = [candidate for candidate in tried if candidate.number in readable]
    return max(read, key=lambda candidate: len(candidate.letters), default=None)


def proof_of(address: str, profile: PrinterProfile, readable: Collection[int]) -> Proof | None:
    """Return what the person's answers prove; None: nothing, text stays a picture.

    Args:
        address: The printer's address.
        profile: Its profile.
        readable: As for :func:`best`.
    """
    winner = best(candidates(profile), readable)
    return Proof(address, profile.name, winner.page) if winner else None


def proven_page(text: str, address: str, profile: PrinterProfile) -> TextPage | None:
    """Return the page that a kept proof allows on this printer; None when it is of another, or no proof.

    Args:
        text: What :meth:`Proof.as_text` gave, or anything else that stands in the settings.
        address: The printer's address now.
        profile: Its profile now.
    """
    proofs = (Proof(address, profile.name, candidate.page) for candidate in candidates(profile))
    return next((proof.page for proof in proofs if proof.as_text() == text), None)


@dataclass(frozen=True, slots=True)
class SamplePageWords:
    """What the test page says, in the language of the moment.

    Attributes:
        title: Its heading.
        width: Before the ruler: the whole scale must be on the paper.
        sizes: One word for each size, small to huge.
        codes: Before the codes: both must scan.
        drawer: Before the drawer opens; empty: it stays shut.
    """

    title: str
    width: str
    sizes: tuple[str, str, str, str]
    codes: str
    drawer: str


def sample_page(profile: PrinterProfile, words: SamplePageWords) -> Document:
    """Return a page that shows what this printer makes of everything slips use."""
    letters = grouped(VIETNAMESE, profile.width_dots // FONT_A_DOTS)
    items: list[Item] = [
        Text(words.title, Size.LARGE, bold=True, align=Align.CENTER),
        Text(profile.label, Size.SMALL, align=Align.CENTER),
        Rule(),
        Text(words.width, Size.SMALL),
        Ruler(),
        *(Text(word, size) for word, size in zip(words.sizes, Size, strict=True)),
        Text(words.sizes[1], bold=True, inverse=True, align=Align.CENTER),
        Text(letters),
        Text(letters.upper(), Size.SMALL),
        Columns(words.codes, "1.234.567.890 ₫"),
        Qr("QUAY-VOUCHER-TEST"),
        Code128("QUAY-TEST-0123"),
    ]
    if words.drawer:
        items += [Text(words.drawer, Size.SMALL), *(DrawerPulse(2 if pin == 2 else 5) for pin in profile.drawer_pins)]
    return Document((*items, Feed(16), Cut()))
