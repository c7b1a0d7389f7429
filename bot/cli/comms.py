"""`andon comms …`: what people outside were told and are to be told, with or without Slack."""

from __future__ import annotations

from functools import partial

import click

from bot.cli.common import acts, perform, told

REFERENCE = click.argument("reference", metavar="AI-0001")


@click.group(epilog="\b\nExamples:\n  andon comms list AI-0001\n  andon comms show AI-0001 2 --format json")
def comms() -> None:
    """Texts for people outside: drafted, approved, sent, wanted."""


@comms.command("list")
@REFERENCE
@acts
@told
def listing(reference: str, who: str, form: str) -> None:
    """Every text of an incident, where it stands, who must approve it, and what policy wants by when."""
    from bot.errands import comms as errands

    perform(who, form, partial(errands.listing, reference=reference))


@comms.command()
@REFERENCE
@click.argument("number", type=click.IntRange(1, 999_999_999), metavar="1")
@acts
@told
def show(reference: str, number: int, who: str, form: str) -> None:
    """One text in full, with its approvals and what its wording deserves a second look for."""
    from bot.errands import comms as errands

    perform(who, form, partial(errands.show, reference=reference, number=number))
