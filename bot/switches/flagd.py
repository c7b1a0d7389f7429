"""OpenFeature with flagd: a flag in the file that flagd reads, which has no interface to write to.

The file is replaced as a whole, so that flagd never reads half of it; what clients get is asked from flagd itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.domain.containment.words import Direction
from bot.services.containment.ports import Order, Sighting, SwitchRefused, SwitchUncertain
from bot.switches.adapter import Plain, stands
from bot.switches.secrets import Lookup
from bot.switches.wire import Answer, Outgoing, Wire
from playbooks.calls import Flagd

STATES = {Direction.OFF: "DISABLED", Direction.ON: "ENABLED"}
MOST_BYTES = 10_000_000


class FlagdSwitch(Plain):
    """``directories`` are the only places where files are changed; none of them in the sandbox."""

    def __init__(self, call: Flagd, directories: Sequence[str]) -> None:
        self._call = call
        self._directories = tuple(Path(directory) for directory in directories)

    def calls(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What is written, as a plan shows it."""
        body = {"flags": {self._call.flag: {"state": STATES[order.direction]}}}
        return [Outgoing("WRITE", f"file://{self._call.path}", {}, body)]  # type: ignore[arg-type]

    def looks(self, order: Order, secret: Lookup) -> list[Outgoing]:
        """What flagd answers clients, where its OFREP can be asked."""
        if self._call.evaluate is None:
            return []
        address = f"{self._call.evaluate.rstrip('/')}/ofrep/v1/evaluate/flags/{quote(self._call.flag, safe='')}"
        return [Outgoing("POST", address, {}, {"context": {}})]

    async def turn(self, order: Order, wire: Wire, secret: Lookup) -> Answer:
        """Write the flag's state. Raises SwitchRefused for a file that is not there, not ours to change, or no JSON."""
        if wire.is_sandbox:
            raise SwitchRefused("The sandbox changes no files of this machine.")
        try:
            await asyncio.to_thread(self._write, STATES[order.direction])
        except OSError as error:
            raise SwitchUncertain(f"{self._call.path} could not be written ({error.strerror}).") from error
        return Answer(200, f"{self._call.flag} is {STATES[order.direction]} in {self._call.path}")

    async def read(self, order: Order, wire: Wire, secret: Lookup) -> Sighting:
        """The file first; then what flagd makes of it."""
        if wire.is_sandbox:
            return Sighting(None, "the sandbox reads no files of this machine")
        state = await asyncio.to_thread(self._state)
        if state != STATES[order.direction]:
            return stands(order, is_off={"DISABLED": True, "ENABLED": False}.get(state), what=f"the file says {state}")
        looks = self.looks(order, secret)
        if not looks:
            return Sighting(True, f"the file says {state}")
        found = (await wire.look(looks[0])).json()
        reason = found.get("reason") if isinstance(found, dict) else None
        is_off = reason == "DISABLED"
        return stands(order, is_off=is_off, what=f"the file says {state}, flagd answers {reason or 'no reason'}")

    def _write(self, state: str) -> None:
        path, content = self._file()
        flags = content.get("flags")
        if not isinstance(flags, dict) or not isinstance(flags.get(self._call.flag), dict):
            raise SwitchRefused(f"{self._call.path} has no flag {self._call.flag}: nothing was written.")
        flags[self._call.flag]["state"] = state
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(path.stat().st_mode & 0o777)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _state(self) -> str:
        try:
            _, content = self._file()
        except (OSError, SwitchRefused) as error:
            return f"nothing ({error})"
        flag = (content.get("flags") or {}).get(self._call.flag)
        return str(flag.get("state")) if isinstance(flag, dict) else "nothing of this flag"

    def _file(self) -> tuple[Path, dict[str, Any]]:
        path = Path(self._call.path).resolve(strict=True)
        if not any(path.is_relative_to(directory.resolve()) for directory in self._directories):
            raise SwitchRefused(f"{self._call.path} leads out of the directories of containment.yaml.")
        if path.stat().st_size > MOST_BYTES:
            raise SwitchRefused(f"{self._call.path} is too large for a file of flags.")
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise SwitchRefused(f"{self._call.path} is no JSON: nothing was written.") from error
        if not isinstance(content, dict):
            raise SwitchRefused(f"{self._call.path} holds no flags: nothing was written.")
        return path, content
