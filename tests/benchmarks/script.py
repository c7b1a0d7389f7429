"""What a bare program has to say to Slack to do what Andon does: Andon's own calls, recorded, with holes for what Slack makes up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.traffic import Entry

CHANNEL, CARD, NUMBER = "{channel}", "{card}", "{number}"


@dataclass(frozen=True, slots=True)
class Say:
    """One call. ``args`` is JSON with the holes in it."""

    method: str
    args: str

    def filled(self, **holes: str) -> dict[str, Any]:
        """The arguments with everything known by now in its place."""
        text = self.args
        for name, value in holes.items():
            text = text.replace("{" + name + "}", value)
        args: dict[str, Any] = json.loads(text)
        return args


@dataclass(frozen=True, slots=True)
class Timed:
    """One call at an instant, in seconds since 1970."""

    at: float
    method: str
    args: str


@dataclass(frozen=True, slots=True)
class Script:
    """The form, and a declare: ``create`` gives {channel}, the ``card`` gives {card}, the rest waits for one of them.

    ``timed`` is said unasked, when it is time.
    """

    form: Say | None = None
    create: Say | None = None
    card: Say | None = None
    with_channel: list[Say] = field(default_factory=list)
    with_card: list[Say] = field(default_factory=list)
    timed: list[Timed] = field(default_factory=list)

    @classmethod
    def of(cls, form: Entry, create: Entry, card: Entry, others: Iterable[Entry]) -> Script:
        """What was recorded, each call as early as what it says is known."""
        known = {create.answer["channel"]["id"]: CHANNEL, card.answer["ts"]: CARD}
        said = [_say(entry, known) for entry in others]
        return cls(
            _say(form, {}),
            _say(create, {create.args["name"]: f"ai-{NUMBER}-bare"}),
            _say(card, known),
            [say for say in said if CARD not in say.args],
            [say for say in said if CARD in say.args],
        )

    @classmethod
    def read(cls, path: Path) -> Script:
        """The script in a file."""
        kept = json.loads(path.read_text())
        timed = [Timed(**one) for one in kept.pop("timed")]
        return cls(**{name: _saved(value) for name, value in kept.items()}, timed=timed)

    def write(self, path: Path) -> None:
        """Keep it for another process."""
        path.write_text(json.dumps(asdict(self)))


def _say(entry: Entry, known: dict[str, str]) -> Say:
    text = json.dumps({name: value for name, value in entry.args.items() if name != "trigger_id"})
    for value, hole in known.items():
        text = text.replace(value, hole)
    return Say(entry.name, text)


def _saved(kept: Any) -> Any:
    match kept:
        case list():
            return [Say(**one) for one in kept]
        case None:
            return None
        case _:
            return Say(**kept)
