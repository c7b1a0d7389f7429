"""`andon obligations …`: when the law's clocks run out, which there are, and the data for an authority's form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click

from bot.cli.common import settings as load
from bot.cli.common import told

EXAMPLES = """\b
Examples:
  andon obligations due --type data_exposure --facts "regions=eu; personal_data=yes; aware_at=2026-11-20T16:30"
  andon obligations due --clock sec_8k --facts materiality_determined_at=2026-11-20T16:30
  andon obligations list"""
FORM = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
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
    from bot.terminal import obligations as pages
    from playbooks.library import Library

    for kind in types:
        if kind not in set(IncidentType):
            sentence = f"{kind!r} is no incident type; they are {', '.join(IncidentType)}"
            raise click.BadParameter(sentence, param_hint="--type")
    library, day = Library.load(load(needs_slack=False).playbooks_dir), (on or datetime.now(UTC)).date()
    said = pages.stated(library, facts)
    found = pages.candidates(library, [IncidentType(kind) for kind in types], said, names, day)
    click.echo(pages.due_table(found, day) if form == "text" else json.dumps(pages.due_data(found, day), indent=2))


@obligations.command("list")
@ON
@FORM
@told
def listing(on: datetime | None, form: str) -> None:
    """Every row, whether it is in force or not."""
    from bot.terminal import obligations as pages
    from playbooks.library import Library

    rows = Library.load(load(needs_slack=False).playbooks_dir).obligations.obligations
    day = (on or datetime.now(UTC)).date()
    data = {"on": day.isoformat(), "clocks": [pages.row_data(row, day) for row in rows]}
    click.echo(pages.listing(rows, day) if form == "text" else json.dumps(data, indent=2))
