"""`andon incident …`: working on incidents from a terminal, with or without Slack."""

from __future__ import annotations

from functools import partial

import click

from bot.cli.common import acts, perform, said, told
from bot.domain.incident import IncidentType, Role

KEY_LIMIT = 100
ROLES = [role.value for role in Role]
TYPES = [kind.value for kind in IncidentType]
TRUST = """Nothing here proves who you are: whoever can run this with the database is believed. The timeline says
that a line came in by the command line."""
EXAMPLES = """\b
Examples:
  export ANDON_AS=rae@example.com
  andon incident declare The shop assistant gives 99% off
  andon incident update AI-0001 The codes are switched off. --next 1h
  andon incident close AI-0001 Codes above 30% are refused now"""


def _key(_context: click.Context, _parameter: click.Parameter, key: str | None) -> str | None:
    if key is not None and not 0 < len(key.strip()) <= KEY_LIMIT:
        raise click.BadParameter(f"give 1 to {KEY_LIMIT} characters")
    return key.strip() if key else None


keyed = click.option(
    "--key", callback=_key, help="A name for this submission: the same key again changes nothing.", metavar="KEY"
)
reference = click.argument("reference", metavar="AI-0001")
happened = click.option("--at", default="", metavar="TIME", help="When it was, in UTC: 14:05 or 2026-11-20 14:05.")


@click.group(epilog=f"{EXAMPLES}\n\n{TRUST}")
def incident() -> None:
    """Work on incidents; Slack may be down.

    The rules and permissions are those of Slack, on the same database. What follows from it in Slack is done by
    `andon run`, once and in order, as soon as Slack is there.
    """


@incident.command(
    epilog="\b\nExample:\n  andon incident declare The shop assistant gives 99% off --severity 1 --system chat"
)
@said
@click.option("--type", "kind", type=click.Choice(TYPES), default="unsure", show_default=True, help="The AI failure.")
@click.option("--severity", default="", metavar="SEV", help="SEV1 (worst) to SEV4. Not sure? Leave it out.")
@click.option("--system", default="", metavar="NAME", help="The AI system, as the catalogue has it or in your words.")
@click.option("--private", "is_private", is_flag=True, help="Only for people who are let in.")
@keyed
@acts
@told
def declare(
    text: str, kind: str, severity: str, system: str, is_private: bool, key: str | None, who: str, form: str
) -> None:
    """Pull the cord: TEXT says what happened.

    That is all that is needed. "-" for TEXT reads it from standard input, here and everywhere.
    """
    from bot.errands import incidents

    wish = incidents.Wish(text, kind, severity, system, is_private, key)
    perform(who, form, partial(incidents.declare, wish=wish))


@incident.command("list")
@click.option("--all", "with_closed", is_flag=True, help="With those closed in the last 30 days.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many to show.")
@acts
@told
def listing(with_closed: bool, limit: int, who: str, form: str) -> None:
    """Open incidents that you may see, gravest first."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.listing, limit=limit, with_closed=with_closed))


@incident.command()
@reference
@acts
@told
def show(reference: str, who: str, form: str) -> None:
    """Everything about one incident on a page."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.show, reference=reference))


@incident.command(epilog="\b\nExample:\n  andon incident update AI-0001 The codes are switched off. --next 1h")
@reference
@said
@click.option(
    "--next", "due", default="", metavar="WHEN", help="The next one: 1h, tomorrow 10:00 (UTC). Else by policy."
)
@keyed
@acts
@told
def update(reference: str, text: str, due: str, key: str | None, who: str, form: str) -> None:
    """Tell stakeholders what is known and what is being done."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.update, reference=reference, said=text, due=due, key=key))


@incident.command()
@reference
@said
@keyed
@acts
@told
def note(reference: str, text: str, key: str | None, who: str, form: str) -> None:
    """Write a line on the timeline."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.note, reference=reference, said=text, key=key))


@incident.command(
    epilog="\b\nExamples:\n  andon incident take AI-0001 lead\n  andon incident take AI-0001 lead --over 'on a plane'"
)
@reference
@click.argument("role", type=click.Choice(ROLES))
@click.option("--over", default="", metavar="WHY", help="Take a seat that is taken, without a handover.")
@acts
@told
def take(reference: str, role: str, over: str, who: str, form: str) -> None:
    """Take a role; updates need one, closing needs the lead."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.take, reference=reference, role=Role(role), over=over))


@incident.command()
@reference
@said
@happened
@acts
@told
def contained(reference: str, text: str, at: str, who: str, form: str) -> None:
    """The harm is stopped; TEXT says how that was verified."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.contained, reference=reference, how=text, at=at))


@incident.command()
@reference
@said
@happened
@acts
@told
def resolved(reference: str, text: str, at: str, who: str, form: str) -> None:
    """The cause is fixed; TEXT says how that was validated."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.resolved, reference=reference, how=text, at=at))


@incident.command(epilog="\b\nExample:\n  andon incident close AI-0001 Codes above 30% are refused by the shop itself")
@reference
@said
@click.option("--anyway", default="", metavar="WHY", help="Why, where it was not contained or not resolved.")
@acts
@told
def close(reference: str, text: str, anyway: str, who: str, form: str) -> None:
    """The response is over; TEXT says how it ended.

    Whoever reported it reads that. It has to be contained and resolved before, or --anyway says why not.
    """
    from bot.errands import incidents

    perform(who, form, partial(incidents.close, reference=reference, said=text, anyway=anyway))


@incident.command()
@reference
@said
@acts
@told
def cancel(reference: str, text: str, who: str, form: str) -> None:
    """It is no incident; TEXT says why, kindly."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.cancel, reference=reference, why=text))


@incident.command()
@reference
@said
@acts
@told
def reopen(reference: str, text: str, who: str, form: str) -> None:
    """It goes on; TEXT says why."""
    from bot.errands import incidents

    perform(who, form, partial(incidents.reopen, reference=reference, why=text))
