"""Triple DES in ECB with PKCS#5 padding, written out from FIPS 46-3.

By hand so that till and sandbox cannot share a mistake of one library. Weak by today's measure; the issuer demands it.
"""

from __future__ import annotations

from typing import Final

KEY_BYTES: Final = 24
BLOCK_BYTES: Final = 8


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split()]


# The tables of FIPS 46-3, bits counted from 1 at the left. Each S-box is four rows of sixteen hexadecimal digits.
_INITIAL: Final = [start - 8 * step for start in (58, 60, 62, 64, 57, 59, 61, 63) for step in range(8)]
_FINAL: Final = [_INITIAL.index(bit) + 1 for bit in range(1, 65)]
_P: Final = _numbers("16 7 20 21 29 12 28 17 1 15 23 26 5 18 31 10 2 8 24 14 32 27 3 9 19 13 30 6 22 11 4 25")
_CHOICE_1: Final = _numbers(
    "57 49 41 33 25 17 9 1 58 50 42 34 26 18 10 2 59 51 43 35 27 19 11 3 60 52 44 36 "
    "63 55 47 39 31 23 15 7 62 54 46 38 30 22 14 6 61 53 45 37 29 21 13 5 28 20 12 4"
)
_CHOICE_2: Final = _numbers(
    "14 17 11 24 1 5 3 28 15 6 21 10 23 19 12 4 26 8 16 7 27 20 13 2 "
    "41 52 31 37 47 55 30 40 51 45 33 48 44 49 39 56 34 53 46 42 50 36 29 32"
)
_SHIFTS: Final = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1)
_S_BOXES: Final = (
    "E4D12FB83A6C59070F74E2D1A6CB953841E8D62BFC973A50FC8249175B3EA06D",
    "F18E6B34972DC05A3D47F28EC01A69B50E7BA4D158C6932FD8A13F42B67C05E9",
    "A09E63F51DC7B428D709346A285ECBF1D6498F30B12C5AE71AD069874FE3B52C",
    "7DE3069A1285BC4FD8B56F03472C1AE9A690CB7DF13E52843F06A1D8945BC72E",
    "2C417AB6853FD0E9EB2C47D150FA3986421BAD78F9C5630EB8C71E2D6F09A453",
    "C1AF92680D34E75BAF427C9561DE0B389EF528C3704A1DB6432C95FABE17608D",
    "4B2EF08D3C975A61D0B7491AE35C2F8614BDC37EAF6805926BD814A7950FE23C",
    "D2846FB1A93E50C71FD8A374C56B0E927B419CE206ADF35821E74A8DFC90356B",
)
_Rounds = list[tuple[int, ...]]


def encrypt(key: bytes, plain: bytes) -> bytes:
    """Return the cipher text of a text of any length; `key` has 24 bytes."""
    fill = BLOCK_BYTES - len(plain) % BLOCK_BYTES
    return _blocks(_rounds(key), plain + bytes([fill]) * fill)


def decrypt(key: bytes, cipher: bytes) -> bytes:
    """Return the plain text.

    Raises:
        ValueError: Not whole blocks, or the padding does not fit: another key, or damage.
    """
    if not cipher or len(cipher) % BLOCK_BYTES:
        raise ValueError("not whole blocks")
    padded = _blocks(_rounds(key)[::-1], cipher)
    fill = padded[-1]
    if not 1 <= fill <= BLOCK_BYTES or padded[-fill:] != bytes([fill]) * fill:
        raise ValueError("padding does not fit")
    return padded[:-fill]


def _permuted(value: int, width: int, table: list[int]) -> int:
    result = 0
    for bit in table:
        result = result << 1 | value >> (width - bit) & 1
    return result


def _mixed() -> list[list[int]]:
    """Return each S-box with the permutation P behind it done beforehand, by its six bits of input."""
    tables = []
    for number, box in enumerate(_S_BOXES):
        table = []
        for six in range(64):
            row, column = (six >> 4 & 2) | (six & 1), six >> 1 & 15
            table.append(_permuted(int(box[16 * row + column], 16) << (28 - 4 * number), 32, _P))
        tables.append(table)
    return tables


_MIXED: Final = _mixed()


def _subkeys(key: bytes) -> _Rounds:
    chosen = _permuted(int.from_bytes(key), 64, _CHOICE_1)
    left, right = chosen >> 28, chosen & 0xFFFFFFF
    rounds = []
    for shift in _SHIFTS:
        left = (left << shift | left >> (28 - shift)) & 0xFFFFFFF
        right = (right << shift | right >> (28 - shift)) & 0xFFFFFFF
        round_key = _permuted(left << 28 | right, 56, _CHOICE_2)
        rounds.append(tuple(round_key >> (42 - 6 * number) & 63 for number in range(8)))
    return rounds


def _rounds(key: bytes) -> _Rounds:
    """Return the 48 round keys of encrypt, decrypt, encrypt; backwards they decrypt."""
    if len(key) != KEY_BYTES:
        raise ValueError("the key has 24 bytes")
    first, second, third = (_subkeys(key[at : at + 8]) for at in (0, 8, 16))
    return [*first, *second[::-1], *third]


def _blocks(rounds: _Rounds, text: bytes) -> bytes:
    return b"".join(_block(rounds, text[at : at + BLOCK_BYTES]) for at in range(0, len(text), BLOCK_BYTES))


def _block(rounds: _Rounds, block: bytes) -> bytes:
    state = _permuted(int.from_bytes(block), 64, _INITIAL)
    left, right = state >> 32, state & 0xFFFFFFFF
    # Final and initial permutation between the three DES cancel each other; the halves' exchange stays.
    for part in (rounds[:16], rounds[16:32], rounds[32:]):
        for keys in part:
            # The expansion E: eight groups of six neighbouring bits of a ring of 32.
            ring = (right & 1) << 33 | right << 1 | right >> 31
            mixed = 0
            for number in range(8):
                mixed |= _MIXED[number][(ring >> (28 - 4 * number) & 63) ^ keys[number]]
            left, right = right, left ^ mixed
        left, right = right, left
    return _permuted(left << 32 | right, 64, _FINAL).to_bytes(BLOCK_BYTES)
