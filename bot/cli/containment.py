"""`andon containment …`: switching off from a terminal, under the same rules as in Slack."""

from __future__ import annotations

from functools import partial

import click

from bot.cli.common import acts, perform, said, told

EXAMPLES = """\b
Examples:
  andon containment actions AI-0001
  andon containment request AI-0001 codes-off orders go out --harm "each minute costs" --as mateo
  andon containment approve AI-0001 1 --as lena
  andon containment verify AI-0001 1
  andon containment rollback AI-0001 1 the price limit is live"""
reference = click.argument("reference", metavar="AI-0001")
number = click.argument("number", type=click.IntRange(1, 10**6))
keyed = click.option("--key", metavar="KEY", help="A name for this submission: the same key again changes nothing.")


@click.group(epilog=EXAMPLES)
def containment() -> None:
    """Switch off what does harm.

    One asks, another agrees. What was agreed to is run by `andon run`, or from here by `andon containment run` while
    no bot runs.
    """


@containment.command()
@reference
@acts
@told
def actions(reference: str, who: str, form: str) -> None:
    """What can be done about the incident's system."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.actions, reference=reference))


@containment.command("list")
@reference
@acts
@told
def listing(reference: str, who: str, form: str) -> None:
    """What was asked for, and what became of it."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.listing, reference=reference))


@containment.command()
@reference
@click.argument("action")
@said
@click.option("--harm", default="", metavar="WHY", help="Why the harm cannot wait until something is kept as evidence.")
@click.option("--alone", is_flag=True, help="At SEV1: run it on your word; somebody ratifies it within half an hour.")
@keyed
@acts
@told
def request(
    reference: str, action: str, text: str, harm: str, alone: bool, key: str | None, who: str, form: str
) -> None:
    """Ask for ACTION; TEXT says why."""
    from bot.errands import containment as errands

    errand = partial(errands.request, reference=reference, action=action, why=text, harm=harm, alone=alone, key=key)
    perform(who, form, errand)


@containment.command()
@reference
@number
@acts
@told
def approve(reference: str, number: int, who: str, form: str) -> None:
    """Agree to a request that is not your own."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.approve, reference=reference, number=number))


@containment.command()
@reference
@number
@said
@acts
@told
def refuse(reference: str, number: int, text: str, who: str, form: str) -> None:
    """Refuse a request; TEXT says why."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.refuse, reference=reference, number=number, why=text))


@containment.command()
@reference
@number
@acts
@told
def ratify(reference: str, number: int, who: str, form: str) -> None:
    """Agree afterwards to what one person ran alone."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.ratify, reference=reference, number=number))


@containment.command()
@reference
@number
@acts
@told
def run(reference: str, number: int, who: str, form: str) -> None:
    """Turn an approved switch from here, once, while no bot runs."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.run, reference=reference, number=number))


@containment.command()
@reference
@number
@said
@acts
@told
def done(reference: str, number: int, text: str, who: str, form: str) -> None:
    """Say that it was done by hand; TEXT says how that was seen."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.done, reference=reference, number=number, how=text))


@containment.command()
@reference
@number
@acts
@told
def verify(reference: str, number: int, who: str, form: str) -> None:
    """Read the control plane and probe what users get, now."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.verify, reference=reference, number=number))


@containment.command()
@reference
@number
@said
@keyed
@acts
@told
def rollback(reference: str, number: int, text: str, key: str | None, who: str, form: str) -> None:
    """Ask to switch it on again; TEXT says why that is safe. Somebody else has to agree."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.rollback, reference=reference, number=number, why=text, key=key))


@containment.command("dry-run")
@reference
@click.argument("action")
@acts
@told
def dry_run(reference: str, action: str, who: str, form: str) -> None:
    """Print what ACTION would send, to the letter, secrets masked."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.dry_run, reference=reference, action=action))


@containment.command(
    epilog="\b\nExample:\n  andon containment trip discount-assistant assistant-off 1,200 codes a minute"
)
@click.argument("system")
@click.argument("action")
@said
@keyed
@acts
@told
def trip(system: str, action: str, text: str, key: str | None, who: str, form: str) -> None:
    """A circuit breaker trips: only what SYSTEM's entry approved beforehand."""
    from bot.errands import containment as errands

    perform(who, form, partial(errands.trip, system=system, action=action, why=text, key=key))
