"""`andon alerts …` and `andon report`: what machines say, tried out, and what has no webhook of its own."""

from __future__ import annotations

import json
import uuid
from functools import partial
from pathlib import Path

import click

from bot.cli.common import acts, perform, said, told
from bot.cli.common import settings as load
from bot.domain.incident import IncidentType

TYPES = [kind.value for kind in IncidentType]
MACHINE = r"[a-z0-9][a-z0-9-]{0,59}"


@click.group(
    epilog="\b\nExamples:\n  andon alerts test alert.json\n  andon alerts test alert.json --source prometheus\n"
    "  andon alerts test event.json --source cloudevents --header 'ce-specversion: 1.0' --header 'ce-id: 7'"
)
def alerts() -> None:
    """Bodies of machines, tried out.

    What machines send to POST /alerts/SOURCE of the public door leads to what policies/alerts.yaml says.
    """


@alerts.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--source", default="", metavar="ID", help="The source of alerts.yaml; else the first that can read it.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A header it would come with.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@told
def test(file: Path, source: str, headers: tuple[str, ...], form: str) -> None:
    """Say what the body in FILE would do, and why.

    Nothing is done. Needs neither database nor Slack. What depends on other alerts is counted within FILE alone.
    """
    from bot.errands import alerts as errands
    from playbooks.library import Library

    library = Library.load(load(needs_slack=False).playbooks_dir)
    given = {name.strip().lower(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
    answer = errands.trial(library, file, source, given)
    click.echo(answer.text if form == "text" else json.dumps(answer.data, indent=2))


@click.command(
    epilog="\b\nExamples:\n  andon report The assistant quotes a policy that we do not have --system support-answers\n"
    "  andon report --by pii-filter --key run-71 --type data_exposure Card numbers in 3 answers\n"
    '  guard --explain | andon report --by guard "-"'
)
@said
@click.option("--by", "machine", default="", metavar="NAME", help="A machine reports, by this name; no person does.")
@click.option("--type", "kind", type=click.Choice(TYPES), metavar="TYPE", default="unsure", help="The AI failure.")
@click.option("--severity", type=click.Choice(["SEV1", "SEV2", "SEV3", "SEV4"], case_sensitive=False), metavar="SEV")
@click.option("--system", default="", metavar="NAME", help="The AI system, as the catalogue has it or in your words.")
@click.option("--model-version", default="", metavar="VERSION")
@click.option("--trace", default="", metavar="ID", help="A trace, by id or address.")
@click.option("--link", "links", multiple=True, metavar="URL")
@click.option("--key", metavar="KEY", help="A name for this report: the same key again changes nothing.")
@acts
@told
def report(
    text: str,
    machine: str,
    kind: str,
    severity: str | None,
    system: str,
    model_version: str,
    trace: str,
    links: tuple[str, ...],
    key: str | None,
    who: str,
    form: str,
) -> None:
    """Report what may be an incident: TEXT says what was seen.

    Whoever is on triage duty judges it. If harm is happening, declare it instead: andon incident declare.
    """
    from bot.errands import alerts as errands

    wish = errands.Wish(text, kind, severity, system, model_version, trace, links, key)
    if not machine:
        perform(who, form, partial(errands.report, wish=wish))
        return
    import asyncio
    import re

    if not re.fullmatch(MACHINE, machine):
        raise click.BadParameter("write a name in small letters, digits and hyphens", param_hint="--by")
    made = asyncio.run(errands.machine_report(load(needs_slack=False), machine, wish, key or uuid.uuid4().hex))
    click.echo(made.text if form == "text" else json.dumps(made.data, indent=2))
