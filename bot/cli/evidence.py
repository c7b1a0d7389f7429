"""`andon evidence …`: kept, listed, shown, verified and exported from a terminal, with or without Slack."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import click

from bot.cli.common import acts, perform, settings, told

REFERENCE = click.argument("reference", metavar="AI-0001")
EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group(
    epilog="\b\nExamples:\n  andon evidence add AI-0001 trace.json --item E04\n"
    "  andon evidence add AI-0001 --field model_answered=gpt-4.1 --unknown system_prompt_version\n"
    "  andon evidence verify\n  andon evidence export AI-0001 bundle"
)
def evidence() -> None:
    """What is preserved of an incident, to the byte.

    Everything done to it stands in a record that is chained by hashes, which `verify` follows.
    """


@evidence.command()
@REFERENCE
@click.argument("files", nargs=-1, type=EXISTING)
@click.option("--text", default="", help='A text to keep; "-" reads it from standard input, to the byte.')
@click.option("--field", "fields", multiple=True, metavar="NAME=VALUE", help="A field; NAME=@FILE reads the value.")
@click.option("--unknown", multiple=True, metavar="NAME", help="A field that nobody knows.")
@click.option("--item", "items", multiple=True, metavar="E01", help="What of the catalogue it shows.")
@click.option("--title", default="", help="What to call it.")
@click.option("--key", help="The same key again keeps it once.")
@acts
@told
def add(
    reference: str,
    files: tuple[Path, ...],
    text: str,
    fields: tuple[str, ...],
    unknown: tuple[str, ...],
    items: tuple[str, ...],
    title: str,
    key: str | None,
    who: str,
    form: str,
) -> None:
    """Keep files, a text or fields as one exhibit."""
    from bot.errands import evidence as errands

    piped = sys.stdin.buffer.read() if text == "-" else None
    wish = errands.Given(title, "" if piped is not None else text, piped, fields, unknown, items, files)
    perform(who, form, partial(errands.add, reference=reference, given=wish, key=key))


@evidence.command("list")
@REFERENCE
@acts
@told
def listing(reference: str, who: str, form: str) -> None:
    """What is kept, and what the incident's type still wants."""
    from bot.errands import evidence as errands

    perform(who, form, partial(errands.listing, reference=reference))


@evidence.command()
@click.argument("exhibit", metavar="X1")
@acts
@told
def show(exhibit: str, who: str, form: str) -> None:
    """One exhibit, secrets masked. That you looked is on record; S1 is something under seal."""
    from bot.errands import evidence as errands

    perform(who, form, partial(errands.show, name=exhibit))


@evidence.command()
@REFERENCE
@acts
@told
def sealed(reference: str, who: str, form: str) -> None:
    """What is under seal, for the people whom policy names."""
    from bot.errands import evidence as errands

    perform(who, form, partial(errands.sealed, reference=reference))


@evidence.command()
@click.argument("reference", metavar="[AI-0001]", default="")
@told
def verify(reference: str) -> None:
    """Name everything that is not as it was kept: records, rows, stored files, time-stamps.

    It needs the database and the store alone, neither Slack nor a network. Exits 1 when anything was altered, is
    missing or stands in another order.
    """
    chosen = settings(needs_slack=False)
    import asyncio

    from bot.errands import evidence as errands

    said, is_sound = asyncio.run(errands.verify(chosen, reference))
    click.echo(said)
    sys.exit(0 if is_sound else 1)


@evidence.command()
@REFERENCE
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--sealed", "with_sealed", is_flag=True, help="With what is under seal; for those whom policy names.")
@acts
@told
def export(reference: str, directory: Path, with_sealed: bool, who: str, form: str) -> None:
    """Write a bundle that others can verify without Andon: files, manifest, record, report, instructions."""
    from bot.errands import evidence as errands

    perform(who, form, partial(errands.export, reference=reference, to=directory, with_sealed=with_sealed))
