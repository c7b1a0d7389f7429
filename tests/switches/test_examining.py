"""What `andon doctor` says of switches before anybody needs one: secrets, hosts, addresses. Nothing is turned."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from bot.services.containment.examining import switches
from bot.services.doctor import Level
from bot.switches.board import Board, invented
from bot.switches.wire import Wire
from playbooks.library import Library
from tests.switches.conftest import listening

SYSTEMS = """\
systems:
  - slug: shop-bot
    name: Shop bot
    does: Chats.
    owner: hana@kestrel.example
    architecture: plain_llm
    affected: Everybody.
    actions:
      - id: off
        catalogue: C01
        title: Switch it off
        effect: It is gone.
        call:
          adapter: unleash
          url: http://switch.example.com:PORT
          project: shop
          feature: bot
          secret: UNLEASH_TOKEN
      - id: elsewhere
        catalogue: C02
        title: Switch it off for some
        effect: It is gone for them.
        call: {adapter: launchdarkly, project: shop, flag: bot, secret: LD_TOKEN}
"""


def library(directory: Path, port: int) -> Library:
    """An organisation's own systems: one switch inside, one outside."""
    (directory / "policies").mkdir()
    (directory / "policies" / "systems.yaml").write_text(SYSTEMS.replace("PORT", str(port)))
    said = files("playbooks").joinpath("policies/containment.yaml").read_text()
    inside = "hosts:\n  - name: switch.example.com\n    private: true\n"
    (directory / "policies" / "containment.yaml").write_text(said.replace("hosts:\n", inside, 1))
    return Library.load(directory)


async def said(found: Library, where: dict[str, str], find: dict[str, str | None]) -> tuple[Level, str]:
    """What the doctor finds."""

    async def addresses(host: str, _port: int) -> list[str]:
        if host not in where:
            raise OSError("unknown")
        return [where[host]]

    wire = Wire(lambda: found.containment, find=addresses)
    board = Board(lambda: found.containment, wire, find.get)
    finding = await switches(found, board, is_own=True).look()
    return finding.level, finding.sentence


async def test_every_switch_can_be_reached(tmp_path: Path) -> None:
    """Somebody answers at every host and every secret is set; nobody was sent anything."""
    async with listening() as port:
        found = library(tmp_path, port)
        inside, outside = {"switch.example.com": "127.0.0.1"}, {"app.launchdarkly.com": "127.0.0.1"}
        level, sentence = await said(found, inside, {"UNLEASH_TOKEN": "a", "LD_TOKEN": "b"})
        assert (level, sentence) == (Level.WARN, "app.launchdarkly.com has no address just now.")
        level, sentence = await said(found, inside | outside, {"UNLEASH_TOKEN": "a", "LD_TOKEN": "b"})
        assert level is Level.WARN
        assert "app.launchdarkly.com leads to 127.0.0.1, a private address" in sentence


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """Secrets by their names, hosts by what is wrong with them, all in one finding."""
    async with listening() as port:
        found = library(tmp_path, port)
    level, sentence = await said(found, {"switch.example.com": "127.0.0.1"}, {"LD_TOKEN": "b"})
    assert level is Level.WARN
    assert "secrets of switches that are not set: UNLEASH_TOKEN" in sentence
    assert f"switch.example.com does not answer on port {port}" in sentence


@pytest.mark.parametrize("is_own", [True, False])
async def test_the_example_and_the_sandbox_want_nothing(is_own: bool) -> None:
    """The example's hosts are nobody's; in the sandbox every switch is there."""
    found = Library.load(None)
    wire = Wire(lambda: found.containment, only_to="http://127.0.0.1:1/control")
    finding = await switches(found, Board(lambda: found.containment, wire, invented), is_own=is_own).look()
    assert finding.level is Level.OK
