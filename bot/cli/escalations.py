"""`andon escalations …`: the ladder from a terminal, with or without Slack."""

from __future__ import annotations

from functools import partial

import click

from bot.cli.common import acts, perform, told


class _ListByDefault(click.Group):
    """A group whose first verb may be left out: `andon escalations AI-0001`."""

    default = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the verb filled in."""
        is_help = bool(args) and args[0] in ctx.help_option_names
        given = args if is_help or (args and args[0] in self.commands) else [self.default, *args]
        return super().parse_args(ctx, given)


@click.group(
    cls=_ListByDefault,
    subcommand_metavar="[list] [AI-0001] | ack AI-0001",
    epilog="\b\nExamples:\n  andon escalations\n  andon escalations AI-0001\n  andon escalations ack AI-0001 --as ines",
)
def escalations() -> None:
    """Who was asked, who has it, and who is next.

    While Slack is down nobody hears that they are asked: the list says whose message was not delivered, so that they
    can be called.
    """


@escalations.command("list")
@click.argument("reference", metavar="[AI-0001]", default="")
@acts
@told
def listing(reference: str, who: str, form: str) -> None:
    """One incident's ladder, or what waits in every open one."""
    from bot.errands import escalations as errands

    perform(who, form, partial(errands.listing, reference=reference))


@escalations.command()
@click.argument("reference", metavar="AI-0001")
@acts
@told
def ack(reference: str, who: str, form: str) -> None:
    """I have it: acknowledge what you were asked last.

    It counts as the button in Slack does, and until then.
    """
    from bot.errands import escalations as errands

    perform(who, form, partial(errands.acknowledge, reference=reference))
