"""What people can do in a story, verb by verb, and what each verb needs: Slack's verbs, none of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

SPAN = re.compile(r"([0-9]{1,4})(s|m|h|)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "": "minutes"}


def _span(value: Any) -> timedelta:
    """A span of story time: ``90s``, ``5m``, ``2h``, or a whole number of minutes."""
    match = SPAN.fullmatch(str(value))
    if match is None:
        raise ValueError("story time is written like 90s, 5m or 2h, or as whole minutes")
    return timedelta(**{UNITS[match[2]]: int(match[1])})


Span = Annotated[timedelta, PlainValidator(_span)]
Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]
Text = Annotated[str, Field(min_length=1, max_length=12000)]
Name = Annotated[str, Field(pattern=r"\A[a-z][a-z0-9_ -]{0,39}\Z")]


class Model(BaseModel):
    """Nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, regex_engine="python-re")


class Spot(Model):
    """A message meant by where it stands and what it says; the latest that fits."""

    place: Name | Text = Field(alias="in")
    containing: Text = ""


# `modal`, `home`, a name given earlier with `as`, or a spot.
On = Text | Spot


class Deed(Model):
    """What one verb needs; ``what`` stands after the verb."""

    what: Any


class Types(Deed):
    """A line into the composer of a channel: a slash command."""

    what: Text
    place: Text = Field(alias="in")


class Says(Deed):
    """A message, or a reply in the thread of another."""

    what: Text
    place: Text | None = Field(default=None, alias="in")
    thread: On | None = None
    called: Name | None = Field(default=None, alias="as")


class Uploads(Deed):
    """A text file with a comment."""

    what: Text
    content: Text
    comment: str = ""
    place: Text = Field(alias="in")
    called: Name | None = Field(default=None, alias="as")


class Edits(Deed):
    """Other words for one's own message."""

    what: Text
    on: On


class Deletes(Deed):
    """A message goes."""

    what: On


class Reacts(Deed):
    """An emoji on a message, without colons."""

    what: Name
    on: On


class Uses(Deed):
    """A shortcut by its name in the menu; ``on`` a message for message shortcuts."""

    what: Text
    on: On | None = None


class Presses(Deed):
    """A button or menu entry by its words; in the open form unless ``on`` says where."""

    what: Text
    on: On = "modal"


class Picks(Deed):
    """Somebody or something from a menu."""

    what: Text
    on: On = "modal"
    menu: Text | None = None


class Fills(Deed):
    """Fields of the open form, by label; a list for what takes several."""

    what: Mapping[str, str | int | tuple[str, ...] | None] = Field(min_length=1)


class Submits(Deed):
    """The open form, by the words on its button."""

    what: Text


class Closes(Deed):
    """The open form, by its title."""

    what: Text


class Opens(Deed):
    """The app's Home."""

    what: Literal["home"]


class Joins(Deed):
    """A channel."""

    what: Text


class Sees(Deed):
    """An expectation: one thing there has all of these texts; with ``count``, exactly so many have.

    ``in`` is a channel, `dm`, `only me`, `modal`, `home`, `sidebar`, or `file NAME-PATTERN`. ``new`` looks only at what
    came since the scene began; ``thread`` only below one message.
    """

    what: Texts
    place: Text = Field(alias="in")
    thread: On | None = None
    without: Texts = ()
    count: int | None = Field(default=None, ge=0)
    new: bool = False


class Sends(Deed):
    """A machine's alert: a body as its sender writes it, to the door of a source of alerts.yaml."""

    what: Text
    source: Text = Field(alias="to")


class Passes(Deed):
    """Time goes by."""

    what: Span


VERBS: Mapping[str, type[Deed]] = {
    "types": Types,
    "says": Says,
    "uploads": Uploads,
    "edits": Edits,
    "deletes": Deletes,
    "reacts": Reacts,
    "unreacts": Reacts,
    "uses": Uses,
    "presses": Presses,
    "picks": Picks,
    "fills": Fills,
    "submits": Submits,
    "closes": Closes,
    "opens": Opens,
    "joins": Joins,
    "sees": Sees,
}
