"""`andon obligations …`: when the law's clocks run out, which there are, and the data for an authority's form."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import click

from bot.cli.common import acts, perform, said, told
from bot.cli.common import settings as load

EXAMPLES = """\b
Examples:
  andon obligations due --type data_exposure --facts "regions=eu; personal_data=yes; aware_at=2026-11-20T16:30"
  andon obligations due --clock sec_8k --facts materiality_determined_at=2026-11-20T16:30
  andon obligations list
  andon obligations of AI-0001 --as grace
  andon obligations export AI-0001 --as grace > AI-0001.md"""
FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
reference = click.argument("reference", metavar="AI-0001")
number = click.argument("number", type=click.IntRange(1, 10**6))
keyed = click.option("--key", metavar="KEY", help="A name for this submission: the same key again changes nothing.")
ON = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The rows that hold on this day; else today.")


@click.group(epilog=EXAMPLES)
def obligations() -> None:
    """Clocks set by law and contract. Andon proposes, legal decides."""


@obligations.command()
@click.option("--type", "types", multiple=True, metavar="TYPE", help="An incident type; again for more.")
@click.option("--facts", multiple=True, metavar="KEY=VALUE", help="What is established, separated by semicolons.")
@click.option("--clock", "names", multiple=True, metavar="ID", help="This row, whether it may apply or not.")
@ON
@FORM
@told
def due(types: tuple[str, ...], facts: tuple[str, ...], names: tuple[str, ...], on: datetime | None, form: str) -> None:
    """What may apply to such an incident, and when it is due. Instants without a zone are UTC."""
    from bot.domain.incident import IncidentType
    from bot.errands import reckoning
    from bot.terminal import obligations as pages
    from playbooks.library import Library

    for kind in types:
        if kind not in set(IncidentType):
            sentence = f"{kind!r} is no incident type; they are {', '.join(IncidentType)}"
            raise click.BadParameter(sentence, param_hint="--type")
    library, day = Library.load(load(needs_slack=False).playbooks_dir), (on or datetime.now(UTC)).date()
    said = reckoning.stated(library, facts)
    found = reckoning.candidates(library, [IncidentType(kind) for kind in types], said, names, day)
    click.echo(pages.due_table(found, day) if form == "text" else json.dumps(pages.due_data(found, day), indent=2))


@obligations.command("list")
@ON
@FORM
@told
def listing(on: datetime | None, form: str) -> None:
    """Every row, whether it is in force or not."""
    from bot.errands import reckoning
    from bot.terminal import obligations as pages
    from playbooks.library import Library

    day = (on or datetime.now(UTC)).date()
    rows = reckoning.rows(Library.load(load(needs_slack=False).playbooks_dir), day)
    click.echo(pages.listing(rows) if form == "text" else json.dumps(pages.listing_data(rows, day), indent=2))


@obligations.command()
@reference
@acts
@told
def of(reference: str, who: str, form: str) -> None:
    """The clocks of an incident, those that run first."""
    from bot.errands import obligations as errands

    perform(who, form, partial(errands.of, reference=reference))


@obligations.command(epilog="\b\nExample:\n  andon obligations add AI-0001 gdpr33 --as grace")
@reference
@click.argument("clock")
@acts
@told
def add(reference: str, clock: str, who: str, form: str) -> None:
    """Legal adds a clock that was not proposed, by the id of its row."""
    from bot.errands import obligations as errands

    perform(who, form, partial(errands.add, reference=reference, clock=clock))


@obligations.command(epilog="\b\nExample:\n  andon obligations decide AI-0001 1 not no personal data --as grace")
@reference
@number
@click.argument("word", type=click.Choice(["applies", "not", "undecided"]))
@said
@keyed
@acts
@told
def decide(reference: str, number: int, word: str, text: str, key: str | None, who: str, form: str) -> None:
    """Legal says whether a clock applies; TEXT says why."""
    from bot.errands import obligations as errands

    perform(who, form, partial(errands.decide, reference=reference, number=number, word=word, why=text, key=key))


@obligations.command(
    epilog='\b\nExample:\n  andon obligations sent AI-0001 1 --to "the authority" --under B-77 - < notice.txt'
)
@reference
@number
@said
@click.option("--to", required=True, metavar="WHOM", help="To whom it was sent.")
@click.option("--under", default="", metavar="REFERENCE", help="Their reference or receipt.")
@click.option("--at", default="", metavar="INSTANT", help="When, such as 2026-11-20T16:30 (UTC); else now.")
@keyed
@acts
@told
def sent(
    reference: str, number: int, text: str, to: str, under: str, at: str, key: str | None, who: str, form: str
) -> None:
    """Record a notice that was sent, with its exact TEXT; - reads it from standard input."""
    from bot.errands import obligations as errands

    errand = partial(errands.sent, reference=reference, number=number, text=text, to=to, under=under, at=at, key=key)
    perform(who, form, errand)


@obligations.command()
@reference
@acts
@told
def export(reference: str, who: str, form: str) -> None:
    """The data for authorities' forms, versioned; what nobody knows says so."""
    from bot.errands import obligations as errands

    perform(who, form, partial(errands.export, reference=reference))


@obligations.command()
@reference
@acts
@told
def particulars(reference: str, who: str, form: str) -> None:
    """What is established about an incident."""
    from bot.errands import obligations as errands

    perform(who, form, partial(errands.particulars, reference=reference))


@obligations.command(
    epilog="\b\nExample:\n  andon obligations establish AI-0001 people_affected 1120 --estimate --as lena"
)
@reference
@click.argument("what")
@said
@click.option("--why", default="", metavar="REASON", help="Why it is corrected.")
@click.option("--source", default="", metavar="WHERE", help="Where it is known from.")
@click.option("--estimate", is_flag=True, help="It is not confirmed.")
@keyed
@acts
@told
def establish(
    reference: str, what: str, text: str, why: str, source: str, estimate: bool, key: str | None, who: str, form: str
) -> None:
    """Write down what is established: a particular and its value."""
    from bot.errands import obligations as errands

    errand = partial(
        errands.establish,
        reference=reference,
        what=what,
        value=text,
        why=why,
        source=source,
        estimate=estimate,
        key=key,
    )
    perform(who, form, errand)
