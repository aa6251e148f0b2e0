"""The words a proxy is asked with for a tunnel (RFC 9110 §9.3.6), and what its answer means. Bytes only, no socket."""

from __future__ import annotations

import base64

import h11

from pos.providers.proxy import Proxy

_LONGEST_ANSWER = 16 * 1024
_LOGIN_WANTED = 407


class ProxyRefused(Exception):
    """There is no tunnel; `fault` tells why, as a stable error code. Holds no text of the proxy's."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Tunnel:
    """One question for one connection."""

    def __init__(self, proxy: Proxy, host: str, port: int) -> None:
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_ANSWER)
        self._proxy = proxy
        self._target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def request(self) -> bytes:
        """What is written to the proxy; holds its login."""
        headers = [("Host", self._target)]
        if self._proxy.login:
            login = base64.b64encode(self._proxy.login.encode()).decode()
            headers.append(("Proxy-Authorization", f"Basic {login}"))
        asked = self._h11.send(h11.Request(method="CONNECT", target=self._target, headers=headers))
        return (asked or b"") + (self._h11.send(h11.EndOfMessage()) or b"")

    def hear(self, data: bytes) -> bool:
        """Take what the proxy said (nothing: it hung up). True: the tunnel stands.

        Raises:
            ProxyRefused: no tunnel, or no proxy.
        """
        try:
            self._h11.receive_data(data)
            event = self._h11.next_event()
            while isinstance(event, h11.InformationalResponse):
                event = self._h11.next_event()
        except h11.RemoteProtocolError:
            raise ProxyRefused("net.proxy_failed") from None
        if event is h11.NEED_DATA:
            return False
        if not isinstance(event, h11.Response):
            raise ProxyRefused("net.proxy_failed")
        status = event.status_code
        if status // 100 == 2:
            # The issuer speaks second; bytes that are here already are the proxy's own.
            if self._h11.trailing_data[0]:
                raise ProxyRefused("net.proxy_failed")
            return True
        if status == _LOGIN_WANTED:
            raise ProxyRefused("net.proxy_login")
        raise ProxyRefused("net.proxy_denied" if status // 100 == 4 else "net.proxy_failed")
