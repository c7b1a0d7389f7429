"""The way out is guarded: by name, by address, against redirects, for as long as patience lasts."""

from __future__ import annotations

import asyncio
import ipaddress

import pytest
from aiohttp import web

from bot.services.containment.ports import SwitchRefused, SwitchUnavailable, SwitchUncertain
from bot.switches.wire import MOST_BYTES, Outgoing, Wire, judged
from tests.switches.conftest import listening, policy

ANY = str(ipaddress.IPv4Address(0))


def wire(*addresses: str, private: bool = False, patience: float = 2.0) -> Wire:
    """A wire whose one host leads to these addresses."""

    async def find(_host: str, _port: int) -> list[str]:
        if not addresses:
            raise OSError("no such name")
        return list(addresses)

    allowed = policy({"name": "switch.example.com", "private": private})
    return Wire(lambda: allowed, find=find, patience=patience)


def post(port: int, path: str = "/off", host: str = "switch.example.com") -> Outgoing:
    return Outgoing("POST", f"http://{host}:{port}{path}", {}, {"enabled": False})


@pytest.mark.parametrize(
    "address",
    ["10.0.0.8", "192.168.1.1", "172.16.0.1", "127.0.0.1", "::1", "fd00::1", "100.64.0.1", "::ffff:10.0.0.1", ANY,
     "169.254.169.254", "fe80::1", "64:ff9b::a00:1", "2002:a00:1::", "224.0.0.1", "::"],
)  # fmt: skip
async def test_private_addresses_are_refused(address: str) -> None:
    """A name that leads inside is refused before anything is sent, in every spelling of an address."""
    with pytest.raises(SwitchRefused, match="nothing was sent"):
        await wire("93.184.216.34", address).send(post(80))


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", ANY, "224.0.0.1", "::ffff:169.254.169.254"])
def test_what_even_private_hosts_may_not_have(address: str) -> None:
    """The metadata address of clouds and its like are no switch, whatever the allow-list says."""
    assert judged(ipaddress.ip_address(address), may_be_private=True)


async def test_private_host_that_is_allowed_by_name() -> None:
    """A host marked private is reached inside the network, at the address that was judged."""
    heard = []

    async def off(request: web.Request) -> web.Response:
        heard.append((request.host, await request.json()))
        return web.json_response({"ok": True})

    async with listening(web.post("/off", off)) as port:
        answer = await wire("127.0.0.1", private=True).send(post(port))
    assert (200, [(f"switch.example.com:{port}", {"enabled": False})]) == (answer.status, heard)


async def test_hosts_that_are_not_on_the_list() -> None:
    """Nothing is even looked up for a host that the list does not name."""
    with pytest.raises(SwitchRefused, match="not among the hosts"):
        await wire("93.184.216.34").send(post(80, host="elsewhere.example.com"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(status: int) -> None:
    """Neither to another host nor on the same one."""
    visits = []

    async def off(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/inside"})

    async def inside(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.Response()

    async with listening(web.post("/off", off), web.route("*", "/inside", inside)) as port:
        with pytest.raises(SwitchRefused, match="follows no such hint"):
            await wire("127.0.0.1", private=True).send(post(port))
    assert [] == visits


async def test_silence_is_uncertain() -> None:
    """Whoever takes the call and does not answer may have acted on it."""

    async def off(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    async with listening(web.post("/off", off)) as port:
        with pytest.raises(SwitchUncertain, match="did not answer"):
            await wire("127.0.0.1", private=True, patience=0.2).send(post(port))


async def test_nobody_there_is_certain() -> None:
    """A refused connection, or a name without an address, surely changed nothing."""
    async with listening() as port:
        pass
    with pytest.raises(SwitchUnavailable, match="cannot be reached"):
        await wire("127.0.0.1", private=True).send(post(port))
    with pytest.raises(SwitchUnavailable, match="no address"):
        await wire().send(post(80))


async def test_only_so_much_is_read() -> None:
    """An answer without end is cut off."""

    async def off(_: web.Request) -> web.Response:
        return web.Response(body=b"x" * (MOST_BYTES * 4))

    async with listening(web.post("/off", off)) as port:
        answer = await wire("127.0.0.1", private=True).send(post(port))
    assert MOST_BYTES == len(answer.text) and len(answer.said()) < 400
