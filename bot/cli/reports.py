"""`andon reports …`: what may be an incident and waits for a judgement, from a terminal."""

from __future__ import annotations

from functools import partial

import click

from bot.cli.common import acts, perform, said, told

SEVERITIES = ("SEV1", "SEV2", "SEV3", "SEV4")


@click.group(
    epilog="\b\nExamples:\n  andon reports list\n  andon reports show R-0007\n"
    "  andon reports declare R-0007 --severity SEV1"
    '\n  andon reports dismiss R-0007 "the codes are from March"'
)
def reports() -> None:
    """What may be an incident: look and judge."""


@reports.command("list")
@click.option("--all", "settled", is_flag=True, help="The latest of any state, not only what waits.")
@acts
@told
def listing(settled: bool, who: str, form: str) -> None:
    """What waits for somebody, oldest first."""
    from bot.errands import reports as errands

    perform(who, form, partial(errands.listing, settled=settled))


@reports.command()
@click.argument("reference", metavar="R-0001")
@acts
@told
def show(reference: str, who: str, form: str) -> None:
    """One report in whole, with what it may be the same as."""
    from bot.errands import reports as errands

    perform(who, form, partial(errands.show, reference=reference))


@reports.command()
@click.argument("reference", metavar="R-0001")
@click.option("--type", "kind", default="", help="The incident type; else as reported.")
@click.option("--severity", type=click.Choice(["", *SEVERITIES], case_sensitive=False), default="")
@click.option("--private", is_flag=True, help="Only the people working on it may see it.")
@acts
@told
def declare(reference: str, kind: str, severity: str, private: bool, who: str, form: str) -> None:
    """Make it an incident."""
    from bot.domain.incident import IncidentType
    from bot.errands import reports as errands

    if kind and kind not in set(IncidentType):
        raise click.BadParameter(f"{kind!r} is no incident type; they are {', '.join(IncidentType)}", param_hint="TYPE")
    errand = partial(errands.declare, reference=reference, kind=kind, severity=severity, is_private=private)
    perform(who, form, errand)


@reports.command()
@click.argument("reference", metavar="R-0001")
@said
@acts
@told
def dismiss(reference: str, text: str, who: str, form: str) -> None:
    """It is no incident; TEXT says why, and whoever reported it hears that."""
    from bot.errands import reports as errands

    perform(who, form, partial(errands.dismiss, reference=reference, why=text))
