"""Containment actions: asked for, decided, turned, verified."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.events.fact import Fact


@dataclass(frozen=True, slots=True)
class SwitchAsked(Fact):
    """Somebody, or a breaker, wants a switch turned."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SwitchApproved(Fact):
    """A run may begin: at once, or again after a try that surely changed nothing."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SwitchTurned(Fact):
    """A switch was turned, or wants to be looked at again."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SwitchChanged(Fact):
    """A run stands elsewhere than before."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SwitchFailed(Fact):
    """A run failed: people must act."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SwitchStays(Fact):
    """What is not meant to stay is still off, or what is done by hand is not done yet: people are asked."""

    run_id: int


@dataclass(frozen=True, slots=True)
class SwitchUnratified(Fact):
    """Nobody ratified in time what one person ran alone."""

    run_id: int
