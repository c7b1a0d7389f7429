"""Guided paths: what somebody new does step by step, told so that nothing else need be read, as data.

A step says who one is, what to press in which words, and how it is seen that it was done: by what then stands on
people's screens, as in stories. What the step expects of hands is written down, too (`does`), and its words must name
everything that is pressed, filled or typed, so that they cannot part from the forms unnoticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from pydantic import Field, model_validator

from playbooks import stories
from playbooks.deeds import Closes, Fills, Model, Name, On, Presses, Sees, Submits, Text, Types, Uses
from playbooks.errors import PolicyError
from playbooks.reading import Page, read
from playbooks.stories import Step


class Target(Model):
    """One thing on the screen to point at."""

    message: On | None = None
    menu_item: Text | None = Field(default=None, alias="menu item")
    button: Text | None = None
    conversation: Text | None = None
    person: Name | None = None
    label: Text | None = Field(default=None, alias="field")
    composer: bool = False

    @model_validator(mode="after")
    def _is_one(self) -> Target:
        if len(self.model_fields_set) != 1:
            raise ValueError("a target is one of: message, menu item, button, conversation, person, field, composer")
        return self


class StepFrame(Model):
    """A step before its deeds are read."""

    person: Name = Field(alias="as")
    text: Text
    hint: str = ""
    points_at: list[Target] = Field(default_factory=list)
    does: list[dict[str, Any]] = Field(default_factory=list)
    done: list[dict[str, Any]] = Field(min_length=1)
    passing: bool = False
    waits: bool = False


class Frame(Model):
    """A guide's file before its steps are read."""

    title: Text
    channels: Mapping[Name, Text] = Field(default_factory=dict)
    before: list[dict[str, Any]] = Field(default_factory=list)
    steps: list[StepFrame] = Field(min_length=1)
    ending: Text


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step. ``done``: expectations that all hold once it is done.

    ``passing``: what shows it does not stay, so that it counts as done when a later step is. ``waits``: there is
    something to look at, and whoever looks says when to go on.
    """

    person: str
    text: str
    hint: str
    points_at: tuple[Target, ...]
    does: tuple[Step, ...]
    done: tuple[Step, ...]
    passing: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """A guided path. ``before``: what others have done already. ``ending``: the last words."""

    title: str
    channels: Mapping[str, str]
    before: tuple[Step, ...]
    steps: tuple[GuideStep, ...]
    ending: str


def load(name: str) -> Guide:
    """The guide of this name that Andon brings. Raises PolicyError."""
    file = resources.files("playbooks") / "guides" / f"{name}{stories.SUFFIX}"
    return parse(f"guides/{file.name}", file.read_bytes())


def parse(file: str, content: bytes) -> Guide:
    """A guide from the text of its file. Raises PolicyError with the line of what is wrong."""
    page = read(file, content)
    frame = stories.checked(Frame, page.value, page, ())
    before = stories.read_steps(page, ("before",), frame.before)
    steps = tuple(_step(page, number, one) for number, one in enumerate(frame.steps))
    _check_names(page, before, steps)
    return Guide(frame.title, frame.channels, before, steps, frame.ending)


def _step(page: Page, number: int, frame: StepFrame) -> GuideStep:
    does = stories.read_steps(page, ("steps", number, "does"), frame.does)
    done = stories.read_steps(page, ("steps", number, "done"), frame.done)
    for step in does:
        if step.person != frame.person:
            raise step.error(f"this step is {frame.person}'s")
        for words in _pressed(step):
            if words not in frame.text:
                raise step.error(f"the step's text does not say “{words}”")
    for step in done:
        if not isinstance(step.deed, Sees):
            raise step.error("what was done is told by what somebody `sees`")
    return GuideStep(
        frame.person, frame.text, frame.hint, tuple(frame.points_at), does, done, frame.passing, frame.waits
    )


def _pressed(step: Step) -> Iterator[str]:
    """The words a newcomer must read to know what to press, fill or type."""
    match step.deed:
        case Presses() | Uses() | Submits() | Types():
            yield step.deed.what
        case Closes():
            yield "Close"
        case Fills():
            yield from step.deed.what
            yield from (str(value) for value in step.deed.what.values())
        case _:
            return


def _check_names(page: Page, before: tuple[Step, ...], steps: tuple[GuideStep, ...]) -> None:
    known = stories.check_names([*before, *(deed for step in steps for deed in step.does)])
    for number, step in enumerate(steps):
        for index, target in enumerate(step.points_at):
            if isinstance(target.message, str) and target.message not in known:
                at = ("steps", number, "points_at", index)
                raise PolicyError(page.name, page.error(at, "").line, f"no message is called {target.message!r}")
