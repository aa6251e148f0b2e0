"""The control plane of one mounted issuer, below `/_sandbox/<issuer>`.

| request | does |
|---|---|
| `GET …/state` | the issuer's own truth: states, and counts of what was really done |
| `POST …/change` | changes something by hand; the issuer's `change` tells the fields |
| `GET …/faults`, `PUT …/faults` | its armed faults; replace them (`mounted_faults.py` tells the fields) |
| `POST …/reset` | back to the samples, no faults |
| `GET …/` | its page |

The log and the faults of the connection are the sandbox's: `control.py`.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pos.sandbox.mounted import MountedApi
from pos.sandbox.page import render_issuer_page
from pos.sandbox.store import Store


class ControlError(ValueError):
    """A control request cannot be understood; the text says why."""


class MountedControl:
    """Handlers of one issuer. They run on the event loop, so none of them meets a half-done request."""

    def __init__(self, api: MountedApi, store: Store) -> None:
        """Wire up."""
        self._issuer = api.issuer
        self._lines = api.lines
        self._store = store

    @property
    def name(self) -> str:
        """The issuer's name."""
        return self._issuer.name

    def routes(self) -> list[Route]:
        """Return the routes."""
        base = f"/_sandbox/{self.name}"
        return [
            Route(f"{base}/", self._page),
            Route(f"{base}/state", self._state),
            Route(f"{base}/change", self._change, methods=["POST"]),
            Route(f"{base}/faults", self._get_faults, methods=["GET"]),
            Route(f"{base}/faults", self._put_faults, methods=["PUT"]),
            Route(f"{base}/reset", self._reset, methods=["POST"]),
        ]

    def reset(self) -> None:
        """Go back to the samples, without faults."""
        self._issuer.reset()
        self._lines.replace([])
        self._keep()

    def _keep(self) -> None:
        text = self._issuer.remembered()
        if text is not None:
            self._store.keep(self.name, text)

    async def _page(self, request: Request) -> Response:
        samples = self._issuer.samples_html()
        html = await run_in_threadpool(render_issuer_page, self.name, samples, self._lines)
        return HTMLResponse(html)

    async def _state(self, request: Request) -> Response:
        return JSONResponse(self._issuer.truth())

    async def _change(self, request: Request) -> Response:
        wish = await read_json(request)
        if not isinstance(wish, dict):
            raise ControlError("send a JSON object")
        try:
            self._issuer.change(wish)
        except ValueError as error:
            raise ControlError(str(error)) from error
        self._keep()
        return JSONResponse(self._issuer.truth())

    async def _get_faults(self, request: Request) -> Response:
        return JSONResponse(self._lines.listing())

    async def _put_faults(self, request: Request) -> Response:
        self._lines.replace(await read_json(request))
        return JSONResponse(self._lines.listing())

    async def _reset(self, request: Request) -> Response:
        self.reset()
        return JSONResponse(self._issuer.truth())


async def read_json(request: Request) -> Any:  # noqa: ANN401 - a JSON value of any kind
    """Return the request's body.

    Raises:
        ControlError: Not JSON.
    """
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise ControlError(f"the body is not JSON: {error}") from error
