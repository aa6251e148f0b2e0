"""The control plane: the issuer's own truth, the log, the faults, and new vouchers, over HTTP.

| request | does |
|---|---|
| `GET /_sandbox/state[?samples=1]` | every (sample) voucher: state, bill number, times used, reservation |
| `GET /_sandbox/log[?after=N][&last=N]`, `DELETE /_sandbox/log` | requests as received, oldest first; forget them |
| `GET /_sandbox/faults`, `PUT /_sandbox/faults` | armed faults; replace them (`faults.py` tells the fields) |
| `GET /_sandbox/network`, `POST /_sandbox/network` `{"up": false}` | pull the cable, plug it in |
| `POST /_sandbox/vouchers` | a list of voucher objects, or `{"count": N, "value": V}` for many plain ones |
| `POST /_sandbox/reset` | vouchers back to the seed, no faults, cable in, the other issuers reset; the log stays |
| `GET /_sandbox/` | the page |

The issuers beside Got It have the same in folders of their own: see `mounted_control.py`.
A request that cannot be understood is answered with status 400 and `{"error": "…"}`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeGuard

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pos.sandbox.faults import FaultBook, FaultListError
from pos.sandbox.gotit.answers import STORE_PIN, STORES
from pos.sandbox.gotit.issuer import Issuer
from pos.sandbox.gotit.samples import bulk_vouchers, sample_vouchers
from pos.sandbox.gotit.voucher import Voucher, VoucherRecordError, voucher_from_record
from pos.sandbox.mounted import MountedApi
from pos.sandbox.mounted_control import ControlError, MountedControl, read_json
from pos.sandbox.page import render_page, state_name
from pos.sandbox.store import Store

_MOST_AT_ONCE: Final = 2_000_000


class Control:
    """The control plane's handlers. They run on the event loop, so none of them meets a half-done request."""

    def __init__(
        self,
        issuer: Issuer,
        faults: FaultBook,
        store: Store,
        seed: int,
        end_connections: Callable[[], None],
        mounted: list[MountedApi],
    ) -> None:
        """Wire up; `seed` is what a reset goes back to, `end_connections` closes idle API connections."""
        self._mounted = [MountedControl(api, store) for api in mounted]
        self._issuer = issuer
        self._faults = faults
        self._store = store
        self._seed = seed
        self._end_connections = end_connections

    def application(self) -> Starlette:
        """Return the ASGI application."""
        routes = [
            Route("/", self._page),
            Route("/_sandbox", self._page),
            Route("/_sandbox/", self._page),
            Route("/_sandbox/state", self._state),
            Route("/_sandbox/log", self._log, methods=["GET"]),
            Route("/_sandbox/log", self._clear_log, methods=["DELETE"]),
            Route("/_sandbox/faults", self._get_faults, methods=["GET"]),
            Route("/_sandbox/faults", self._put_faults, methods=["PUT"]),
            Route("/_sandbox/network", self._get_network, methods=["GET"]),
            Route("/_sandbox/network", self._set_network, methods=["POST"]),
            Route("/_sandbox/vouchers", self._add_vouchers, methods=["POST"]),
            Route("/_sandbox/reset", self._reset, methods=["POST"]),
            *(route for control in self._mounted for route in control.routes()),
        ]
        errors = (FaultListError, VoucherRecordError, ControlError)
        return Starlette(routes=routes, exception_handlers=dict.fromkeys(errors, _bad_request))

    async def _page(self, request: Request) -> Response:
        samples = [voucher.to_truth() for voucher in self._issuer.vouchers if voucher.sample]
        html = await run_in_threadpool(render_page, samples, STORE_PIN, [control.name for control in self._mounted])
        return HTMLResponse(html)

    async def _state(self, request: Request) -> Response:
        only_samples = "samples" in request.query_params
        kept = (voucher for voucher in self._issuer.vouchers if voucher.sample or not only_samples)
        vouchers = [{**voucher.to_truth(), "state_name": state_name(voucher.state)} for voucher in kept]
        return JSONResponse(
            {"pin": STORE_PIN, "stores": STORES, "network_up": self._faults.cable_in, "vouchers": vouchers}
        )

    async def _log(self, request: Request) -> Response:
        last = _number(request, "last", -1)
        text = self._store.log_json(_number(request, "after", 0), None if last < 0 else last)
        return Response(text, media_type="application/json")

    async def _clear_log(self, request: Request) -> Response:
        self._store.clear_log()
        return JSONResponse([])

    async def _get_faults(self, request: Request) -> Response:
        return JSONResponse(self._faults.listing())

    async def _put_faults(self, request: Request) -> Response:
        self._faults.replace(await read_json(request))
        self._begin_refusals()
        return JSONResponse(self._faults.listing())

    async def _get_network(self, request: Request) -> Response:
        return JSONResponse({"up": self._faults.cable_in})

    async def _set_network(self, request: Request) -> Response:
        wish = await read_json(request)
        if not isinstance(wish, dict) or not isinstance(wish.get("up"), bool):
            raise ControlError('send {"up": true} or {"up": false}')
        self._faults.cable_in = wish["up"]
        self._begin_refusals()
        return JSONResponse({"up": self._faults.cable_in})

    async def _add_vouchers(self, request: Request) -> Response:
        vouchers = self._read_vouchers(await read_json(request))
        self._store.put_vouchers(vouchers)
        self._issuer.put(vouchers)
        return JSONResponse({"vouchers": [voucher.to_truth() for voucher in vouchers]})

    async def _reset(self, request: Request) -> Response:
        samples = sample_vouchers(self._seed)
        self._store.replace_vouchers(samples)
        self._issuer.replace_all(samples)
        self._faults.replace([])
        self._faults.cable_in = True
        for control in self._mounted:
            control.reset()
        return JSONResponse({"vouchers": [voucher.to_truth() for voucher in samples]})

    def _begin_refusals(self) -> None:
        if self._faults.connections_must_end():
            self._end_connections()

    def _read_vouchers(self, wish: object) -> list[Voucher]:
        if isinstance(wish, list):
            if not all(isinstance(record, dict) for record in wish):
                raise ControlError("vouchers are a JSON list of objects")
            return [voucher_from_record(record) for record in wish]
        count = wish.get("count") if isinstance(wish, dict) else None
        value = wish.get("value", 100_000) if isinstance(wish, dict) else None
        if not _is_count(count) or not _is_count(value):
            raise ControlError('send a list of vouchers, or {"count": N, "value": V} with positive integers')
        taken = {voucher.code for voucher in self._issuer.vouchers}
        return bulk_vouchers(count, value, taken, self._seed)


def _is_count(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= _MOST_AT_ONCE


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise ControlError(f"{name} is a number")
    return int(text)


async def _bad_request(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)
