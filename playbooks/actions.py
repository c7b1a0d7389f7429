"""What can be done about a system, as systems.yaml says it, and whether that fits the catalogue and the allow-list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, model_validator

from playbooks.calls import Call, Check, Flagd, Http, Request, SecretName, Webhook, names_in
from playbooks.catalogue import CatalogueId, ContainmentFile, Short
from playbooks.values import Label, Model, Slug, Words

Where = tuple[str | int, ...]
MOST_ACTIONS = 25


class Verification(Model):
    """How it is seen that harm has stopped.

    ``within``: by then the switch has moved and the probe shows it. ``hold``: for so long it must stay so, else what
    the severity says. ``by_hand``: what people look at besides.
    """

    probe: Check | None = None
    restored: Check | None = None
    within: Short = Field(default="2m", validate_default=True)
    hold: Short | None = None
    by_hand: tuple[Words, ...] = ()


class Action(Model):
    """One thing that can be done about a system. ``effect`` says what its users notice."""

    id: Slug
    catalogue: CatalogueId
    title: Label
    effect: Words
    call: Call
    verify: Verification = Verification()
    rollback: Words | None = None
    automatic: bool = False
    stops_harm: bool | None = None

    @model_validator(mode="after")
    def _fits(self) -> Action:
        if self.automatic and self.call.adapter == "record":
            raise ValueError("what a person does by hand cannot run by itself")
        return self

    @property
    def can_go_back(self) -> bool:
        """Whether Andon can put the switch back."""
        return not isinstance(self.call, Http) or self.call.on is not None

    def secrets(self) -> frozenset[str]:
        """The environment variables it needs."""
        return frozenset(_secret_names(self))


def target(action: Action) -> str:
    """What the action turns, in one line: two actions with the same target turn the same switch."""
    call = action.call
    match call.adapter:
        case "webhook":
            return f"webhook {call.url} {call.target}"
        case "http":
            return f"http {call.off.method} {call.off.url}"
        case "record":
            return f"by hand: {action.title}"
        case "flagd":
            return f"flagd {call.path} {call.flag}"
        case _:
            parts = call.model_dump(exclude={"secret", "status", "message", "good", "bad"}, exclude_none=True)
            return " ".join(str(part) for part in parts.values())


def misfits(actions: Sequence[Action], file: ContainmentFile) -> Iterator[tuple[Where, str]]:
    """What does not fit the catalogue and the allow-list: where in the list, and why."""
    for index, action in enumerate(actions):
        yield from ((((index, *where)), why) for where, why in _misfits(action, file))
    if len(actions) > MOST_ACTIONS:
        yield (MOST_ACTIONS,), f"{len(actions)} actions; the form has room for {MOST_ACTIONS}"


def _misfits(action: Action, file: ContainmentFile) -> Iterator[tuple[Where, str]]:
    entry = file.entry(action.catalogue)
    if entry is None:
        known = f"{file.catalogue[0].id} to {file.catalogue[-1].id}"
        yield ("catalogue",), f"containment.yaml has no {action.catalogue}; it has {known}"
    elif action.automatic and not entry.automatic:
        yield (
            ("automatic",),
            f"{action.catalogue} never runs by itself: only C01, C02 and C10 may, where the catalogue says so",
        )
    if isinstance(action.call, Webhook | Http) and action.call.read is None and action.verify.probe is None:
        yield ("call",), "nothing could tell whether it moved: write a `read`, or a `probe` under `verify`"
    for where, url in urls(action):
        host = file.host(urlsplit(url).hostname or "")
        if host is None:
            yield where, f"the host {urlsplit(url).hostname!r} is not among the hosts of containment.yaml"
        elif urlsplit(url).scheme != "https" and not host.private:
            yield where, f"{host.name} is called in clear: write https://, or mark the host private"
    if isinstance(action.call, Flagd) and not any(
        PurePosixPath(action.call.path).is_relative_to(directory) for directory in file.directories
    ):
        yield ("call", "path"), f"{action.call.path} is in none of the directories of containment.yaml"


def urls(action: Action) -> Iterator[tuple[Where, str]]:
    """Every address it may call, and where it stands."""
    yield from _urls(action.call, ("call",))
    yield from _urls(action.verify, ("verify",))


def _urls(model: BaseModel, where: Where) -> Iterator[tuple[Where, str]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Request):
            yield (*where, name, "url"), value.url
        elif name in ("url", "evaluate") and isinstance(value, str):
            yield (*where, name), value


def _secret_names(model: BaseModel) -> Iterator[str]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Request):
            yield from names_in(value.headers) | names_in(value.body)
        elif isinstance(value, BaseModel):
            yield from _secret_names(value)
        elif name in ("secret", "key") and isinstance(value, str):
            yield value


__all__ = ["Action", "SecretName", "Verification", "misfits", "target", "urls"]
