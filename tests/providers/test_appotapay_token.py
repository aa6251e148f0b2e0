"""Each call's token: the contract's vector to the byte, read and verified by others, never the same twice."""

from __future__ import annotations

import base64
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pos.providers.appotapay.seconds import FileSeconds
from pos.providers.appotapay.token import TokenMaker
from tests.providers.appotapay_shop import API_KEY, PARTNER, SECRET
from tests.providers.openssl_cli import hmac_sha256_hex

VECTOR = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiIsImN0eSI6ImFwcG90YXBheS1hcGk7dj0xIn0"
    ".eyJpc3MiOiJFWEFNUExFUEFSVE5FUiIsImp0aSI6IkVYQU1QTEVBUElLRVktMTc2MDAwMDAwMCIsImFwaV9rZXkiOiJFWEFNUExFQVBJS0VZIiwi"
    "ZXhwIjoxNzYwMDAwMzAwfQ"
    ".pfJiCqvlvI9d7BUQO8Ci1oWjY89eQSIOGRLPSOg9aYY"
)
NOW = datetime.fromtimestamp(1_760_000_000, UTC)


def read_jws(token: str, key: str = SECRET) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims by RFC 7515 §5.2 and §3.1 (compact form), the signature judged by openssl."""
    header, claims, signature = token.split(".")
    assert not set("=+/ \n") & set(token)
    assert unpadded(signature).hex() == hmac_sha256_hex(key, f"{header}.{claims}")
    return json.loads(unpadded(header)), json.loads(unpadded(claims))


def unpadded(part: str) -> bytes:
    """RFC 7515 appendix C."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def second_of(token: str) -> int:
    claims = read_jws(token)[1]
    assert claims["jti"] == f"{API_KEY}-{claims['exp'] - 300}"
    return int(claims["exp"] - 300)


def test_the_contract_s_vector() -> None:
    """§4, byte for byte."""
    assert TokenMaker(PARTNER, API_KEY, SECRET, FileSeconds(Path(os.devnull))).token(NOW) == VECTOR


def test_a_token_is_what_a_reader_of_the_rfc_and_openssl_say_it_is() -> None:
    """Also with a key and a partner name outside ASCII, and in the middle of a second."""
    token = TokenMaker("ĐỐI-TÁC", "K1", "khóa bí mật", FileSeconds(Path(os.devnull))).token(
        NOW + timedelta(milliseconds=999)
    )
    assert read_jws(token, "khóa bí mật") == (
        {"typ": "JWT", "alg": "HS256", "cty": "appotapay-api;v=1"},
        {"iss": "ĐỐI-TÁC", "jti": "K1-1760000000", "api_key": "K1", "exp": 1_760_000_300},
    )


def test_no_two_tokens_share_their_second() -> None:
    """Not in one second, not when the clock is set back, not from eight threads at once."""
    maker = TokenMaker(PARTNER, API_KEY, SECRET, FileSeconds(Path(os.devnull)))
    times = [NOW, NOW, NOW + timedelta(milliseconds=500), NOW - timedelta(hours=1), NOW + timedelta(seconds=90)]
    assert [second_of(maker.token(t)) - 1_760_000_000 for t in times] == [0, 1, 2, 3, 90]
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            tokens = list(threads.map(maker.token, [NOW] * 400))
    finally:
        sys.setswitchinterval(usual_s)
    assert len(set(tokens)) == 400
    assert len({json.loads(unpadded(token.split(".")[1]))["jti"] for token in tokens}) == 400


def test_a_program_that_starts_again_within_the_second_makes_another_token(tmp_path: Path) -> None:
    """Two commands one after the other: the issuer refuses a `jti` that it has seen."""
    file = tmp_path / "appotapay.second"
    first = TokenMaker(PARTNER, API_KEY, SECRET, FileSeconds(file)).token(NOW)
    again = TokenMaker(PARTNER, API_KEY, SECRET, FileSeconds(file)).token(NOW)
    assert second_of(again) == second_of(first) + 1


@pytest.mark.parametrize("text", ["", "soon", "\x00"])
def test_a_damaged_memory_of_it_stops_nobody(tmp_path: Path, text: str) -> None:
    """At worst one call is refused at the door."""
    file = tmp_path / "appotapay.second"
    file.write_text(text)
    assert second_of(TokenMaker(PARTNER, API_KEY, SECRET, FileSeconds(file)).token(NOW)) == 1_760_000_000
    gone = tmp_path / "no" / "folder"
    assert second_of(TokenMaker(PARTNER, API_KEY, SECRET, FileSeconds(gone)).token(NOW)) == 1_760_000_000
