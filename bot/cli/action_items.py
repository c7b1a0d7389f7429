"""`andon action-items …`: what was promised after incidents, listed and exported, with or without Slack."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from bot.cli.common import acts, perform, told

REFERENCE = click.argument("reference", metavar="[AI-0001]", default="")
MINE = click.option("--mine", is_flag=True, help="Only what is yours and open.")


@click.group(
    "action-items",
    epilog="\b\nExamples:\n  andon action-items list\n  andon action-items list AI-0001 --format json\n"
    "  andon action-items export > items.csv\n  andon action-items export AI-0001 --table md --out items.md",
)
def action_items() -> None:
    """The promises of post-mortems in incidents that you may see."""


@action_items.command("list")
@REFERENCE
@MINE
@acts
@told
def listing(reference: str, mine: bool, who: str, form: str) -> None:
    """List them, open ones first, by due date."""
    from bot.errands import action_items as errands

    perform(who, form, partial(errands.listing, reference=reference, is_own=mine))


@action_items.command()
@REFERENCE
@MINE
@click.option("--table", type=click.Choice(["csv", "md"]), default="csv", show_default=True, help="CSV or Markdown.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@click.option("--as", "who", default="", metavar="PERSON", help="Who you are; else ANDON_AS.")
@told
def export(reference: str, mine: bool, table: str, out: Path | None, who: str) -> None:
    """Print them as a table for other programs.

    No cell of the CSV is a formula to a spreadsheet, and nothing in the Markdown acts.
    """
    from bot.errands import action_items as errands

    perform(who, "text", partial(errands.export, reference=reference, is_own=mine, form=table, out=out))
