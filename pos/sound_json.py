"""JSON from files that anybody may have written: what cannot be read is one kind of error, however it was made."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON
    """The value.

    Raises:
        ValueError: no JSON, not even text, or nested too deep to be anything of ours.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
