"""The guarded way out: only to hosts of the allow-list, only to addresses they may have, never on by a redirect.

A name is resolved once, every address it has is judged, and the call goes to what was judged: nothing resolves it anew
in between. In the sandbox every call goes to the sandbox's own control plane, whatever host it names.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import JsonValue

from bot.services.containment.ports import SwitchError, SwitchRefused, SwitchUnavailable, SwitchUncertain
from bot.services.leases import acting
from playbooks.catalogue import ContainmentFile

PATIENCE = 10.0  # seconds for one call, all of it
CONNECT_PATIENCE = 4.0
MOST_BYTES = 65_536
SHOWN = 300
# They lead back into the network by another door, whatever the address book calls them.
TRANSLATED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Policy = Callable[[], ContainmentFile]
Resolve = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request to be sent; ``body`` is JSON, or bytes that were signed as they are."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: JsonValue | bytes = None

    def content(self) -> bytes | None:
        """The bytes of the body."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: at most 64 KiB of it."""

    status: int
    text: str
    location: str = ""

    def json(self) -> JsonValue:
        """The body as JSON; None where it is none."""
        try:
            read: JsonValue = json.loads(self.text)
        except ValueError:
            return None
        return read

    def said(self) -> str:
        """The answer in a line."""
        body = " ".join(self.text.split())
        return f"{self.status} {body[:SHOWN]}".rstrip() + ("…" if len(body) > SHOWN else "")


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Wire:
    """Sends requests, each within ``patience`` seconds.

    ``policy`` gives the catalogue in force. ``only_to``: the sandbox's control plane, to which everything goes in
    place of the real hosts.
    """

    def __init__(
        self, policy: Policy, *, only_to: str = "", find: Resolve = resolve, patience: float = PATIENCE
    ) -> None:
        self._policy = policy
        self._only_to = only_to.rstrip("/")
        self._find = find
        self._patience = patience

    @property
    def is_sandbox(self) -> bool:
        """Whether nothing leaves the machine."""
        return bool(self._only_to)

    async def look(self, request: Outgoing) -> Answer:
        """Send a request that changes nothing and give whatever is answered. Raises SwitchError for no answer."""
        return await self._send(request)

    async def send(self, request: Outgoing) -> Answer:
        """Send a request that changes something; its answer if it says that it did. Raises SwitchError otherwise."""
        answer = await self._send(request)
        host = urlsplit(request.url).hostname
        if 200 <= answer.status < 300:
            return answer
        if 300 <= answer.status < 400:
            to = urlsplit(answer.location).hostname or "nowhere"
            raise SwitchRefused(f"{host} sent the call on to {to}, and Andon follows no such hint.")
        if answer.status == 429:
            raise SwitchUnavailable(f"{host} has too much to do: {answer.said()}")
        if answer.status >= 500 or answer.status == 408:
            raise SwitchUncertain(f"{host} failed over it: {answer.said()}")
        raise SwitchRefused(f"{host} refused it: {answer.said()}")

    async def trouble(self, url: str) -> str:
        """Why a host cannot be called from here; empty when somebody answers there. Nothing is sent."""
        parts = urlsplit(url)
        try:
            _, resolver = await self._way(url)
        except SwitchError as error:
            return str(error).replace(": nothing was sent", "")
        if self.is_sandbox:
            return ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = [one["host"] for one in await resolver.resolve(parts.hostname or "", port)]
        try:
            async with asyncio.timeout(CONNECT_PATIENCE):
                _, writer = await asyncio.open_connection(addresses[0], port)
        except (OSError, TimeoutError, IndexError):
            return f"{parts.hostname} does not answer on port {port}."
        writer.close()
        return ""

    async def _send(self, request: Outgoing) -> Answer:
        url, resolver = await self._way(request.url)
        try:
            async with acting(), asyncio.timeout(self._patience):
                return await self._exchange(request, url, resolver)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SwitchUnavailable(f"{urlsplit(request.url).hostname} cannot be reached.") from error
        except aiohttp.ClientConnectionError as error:
            raise SwitchUncertain(f"{urlsplit(request.url).hostname} hung up without an answer.") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SwitchUncertain(
                f"{urlsplit(request.url).hostname} did not answer within {self._patience:g} s."
            ) from error

    async def _exchange(self, request: Outgoing, url: str, resolver: AbstractResolver) -> Answer:
        content = request.content()
        headers = {"Accept": "application/json", **request.headers}
        if content is not None and "content-type" not in {name.lower() for name in headers}:
            headers["Content-Type"] = "application/json"
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_PATIENCE)
        async with (
            aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout) as session,
            session.request(request.method, url, headers=headers, data=content, allow_redirects=False) as response,
        ):
            body = await _at_most(response.content, MOST_BYTES)
            text = body.decode(errors="replace").replace("\0", "")
            return Answer(response.status, text, response.headers.get("Location", ""))

    async def _way(self, url: str) -> tuple[str, AbstractResolver]:
        """Where the request really goes, and a resolver that knows only the addresses that were judged."""
        parts = urlsplit(url)
        name = parts.hostname or ""
        host = self._policy().host(name)
        if host is None:
            raise SwitchRefused(f"{name} is not among the hosts of containment.yaml: nothing was sent.")
        if self.is_sandbox:
            query = f"?{parts.query}" if parts.query else ""
            return f"{self._only_to}/{name}{parts.path}{query}", _Pinned({})
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = await asyncio.wait_for(self._find(name, port), CONNECT_PATIENCE)
        except (OSError, TimeoutError) as error:
            raise SwitchUnavailable(f"{name} has no address just now.") from error
        for address in found:
            if problem := judged(ipaddress.ip_address(address.partition("%")[0]), may_be_private=host.private):
                raise SwitchRefused(f"{name} leads to {address}, {problem}: nothing was sent.")
        return url, _Pinned({name: found})


def judged(address: Address, *, may_be_private: bool) -> str:
    """Why a call must not go to an address; empty when it may."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return judged(address.ipv4_mapped, may_be_private=may_be_private)
        if any(address in network for network in TRANSLATED) and not address.is_loopback:
            return "which stands for another address"
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return "which no switch ever has"
    if may_be_private or address.is_global:
        return ""
    return "a private address, and containment.yaml does not say `private: true` of it"


async def _at_most(stream: aiohttp.StreamReader, most: int) -> bytes:
    body = b""
    while len(body) < most and (chunk := await stream.read(most - len(body))):
        body += chunk
    return body


class _Pinned(AbstractResolver):
    """Knows the addresses of one name, and asks nobody."""

    def __init__(self, known: Mapping[str, list[str]]) -> None:
        self._known = known

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses that were judged."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._known.get(host, [])
        ]

    async def close(self) -> None:
        """Nothing is open."""


__all__ = ["Answer", "Outgoing", "SwitchError", "Wire", "judged", "resolve"]
