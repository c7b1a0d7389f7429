"""Stories: what people do in Slack and what they then see, as data that a drill plays.

A story speaks of Slack and not of incidents: each step is one person and one verb, ``rae says: …``, as in a script.
Whatever is wrong with a story is told before it begins, with file and line.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, Field, ValidationError

from playbooks.deeds import VERBS, Deed, Deletes, Model, Name, Passes, Sends, Span, Text
from playbooks.errors import PolicyError
from playbooks.reading import Page, read
from playbooks.reading import Path as At

NARRATOR, MACHINE = "time", "machine"
SUFFIX = ".yaml"
Shape = TypeVar("Shape", bound=Model)


@dataclass(frozen=True, slots=True)
class Step:
    """One person, one verb, and the line it stands on. Time passes as ``time``; what sends alerts is ``machine``."""

    person: str
    verb: str
    deed: Deed
    file: str
    line: int

    def error(self, reason: str) -> PolicyError:
        """An error at this step's place."""
        return PolicyError(self.file, self.line, reason)


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens from one moment of the story on."""

    at: timedelta
    title: str
    steps: tuple[Step, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Story:
    """A whole story. ``channels`` are short names for channels by pattern, ``documents`` files to keep by pattern."""

    name: str
    title: str
    about: str
    starts_at: AwareDatetime
    channels: Mapping[str, str]
    documents: Mapping[str, str]
    scenes: tuple[Scene, ...]

    @property
    def steps(self) -> Iterator[Step]:
        """Every step in order."""
        return (step for scene in self.scenes for step in scene.steps)


class SceneFrame(Model):
    """A scene before its steps are read."""

    at: Span
    title: Text
    steps: list[dict[str, Any]] = Field(min_length=1)


class Frame(Model):
    """A story's file before its steps are read."""

    title: Text
    about: Text
    starts: AwareDatetime
    channels: Mapping[Name, Text] = Field(default_factory=dict)
    documents: Mapping[Annotated[str, Field(pattern=r"\A[A-Za-z0-9][\w.-]{0,99}\Z")], Text] = Field(
        default_factory=dict
    )
    scenes: list[SceneFrame] = Field(min_length=1)


def names() -> tuple[str, ...]:
    """The stories that Andon brings."""
    shelf = resources.files("playbooks") / "drills"
    return tuple(sorted(one.name.removesuffix(SUFFIX) for one in shelf.iterdir() if one.name.endswith(SUFFIX)))


def load(name: str) -> Story:
    """The story of this name that Andon brings, or the one in the file of this path. Raises PolicyError."""
    file = Path(name)
    if file.suffix == SUFFIX or len(file.parts) > 1:
        if not file.is_file():
            raise PolicyError(name, None, "there is no such file")
        return parse(name, file.read_bytes())
    if name not in names():
        raise PolicyError(name, None, f"there is no story of this name; there is: {', '.join(names())}")
    shelf = resources.files("playbooks") / "drills"
    return parse(f"drills/{name}{SUFFIX}", (shelf / f"{name}{SUFFIX}").read_bytes())


def parse(file: str, content: bytes) -> Story:
    """A story from the text of its file. Raises PolicyError with the line of what is wrong."""
    page = read(file, content)
    frame = checked(Frame, page.value, page, ())
    scenes = tuple(_scene(page, number, scene) for number, scene in enumerate(frame.scenes))
    story = Story(Path(file).stem, frame.title, frame.about, frame.starts, frame.channels, frame.documents, scenes)
    _check_order(story)
    check_names(story.steps)
    return story


def line_step(person: str, verb: str, values: Mapping[str, Any]) -> Step:
    """A step that somebody types at a prompt. Raises PolicyError."""
    page = Page("prompt", dict(values), {(): 1})
    return Step(person, verb, checked(VERBS[verb], dict(values), page, ()), "prompt", 1)


def _scene(page: Page, number: int, frame: SceneFrame) -> Scene:
    at: At = ("scenes", number)
    return Scene(
        frame.at, frame.title, read_steps(page, (*at, "steps"), frame.steps), page.name, page.error(at, "").line or 1
    )


def read_steps(page: Page, at: At, written: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps written below ``at``. Raises PolicyError with the line of what is wrong."""
    return tuple(_step(page, (*at, index), values) for index, values in enumerate(written))


def _step(page: Page, at: At, values: Mapping[str, Any]) -> Step:
    heads = [key for key in values if " " in key]
    if len(heads) != 1:
        raise page.error(at, "a step says once who does what, such as `rae says: …`")
    person, _, verb = heads[0].partition(" ")
    model = _model(page, (*at, heads[0]), person, verb)
    given = {("what" if key == heads[0] else key): value for key, value in values.items()}
    deed = checked(model, given, page, at, what=heads[0])
    return Step(person, verb, deed, page.name, page.error((*at, heads[0]), "").line or 1)


def _model(page: Page, at: At, person: str, verb: str) -> type[Deed]:
    if person == NARRATOR:
        if verb != "passes":
            raise page.error(at, "time only `passes`")
        return Passes
    if person == MACHINE:
        if verb != "sends":
            raise page.error(at, "a machine only `sends`")
        return Sends
    if verb not in VERBS:
        close = difflib.get_close_matches(verb, VERBS, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"they can: {', '.join(VERBS)}"
        raise page.error(at, f"people cannot `{verb}`; {hint}")
    return VERBS[verb]


def checked(model: type[Shape], value: Any, page: Page, at: At, *, what: str = "what") -> Shape:
    """The value as the model has it; in errors the key ``what`` bears this name. Raises PolicyError."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        inner = tuple(what if part == "what" else part for part in first["loc"])
        name = f"`{inner[-1]}`: " if inner and isinstance(inner[-1], str) else ""
        raise page.error((*at, *inner), f"{name}{first['msg'].removeprefix('Value error, ')}") from error


def _check_order(story: Story) -> None:
    before = timedelta()
    for scene in story.scenes:
        if scene.at < before:
            raise PolicyError(scene.file, scene.line, f"the scene “{scene.title}” begins before the one above it")
        before = scene.at


def check_names(steps: Iterable[Step]) -> set[str]:
    """A message is named once, and before it is pointed at; all names. Raises PolicyError."""
    known: set[str] = {"modal", "home"}
    for step in steps:
        pointed = [getattr(step.deed, "on", None), getattr(step.deed, "thread", None)]
        pointed += [step.deed.what] if isinstance(step.deed, Deletes) else []
        for name in pointed:
            if isinstance(name, str) and name not in known:
                raise step.error(f"no message has been called {name!r} yet (`as: {name}`)")
        called = getattr(step.deed, "called", None)
        if called in known:
            raise step.error(f"a message is called {called!r} already")
        known |= {called} if called else set()
    return known
