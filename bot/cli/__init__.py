"""The command line: `andon run`, and everything that works without Slack. Its help teaches by example.

Whatever a command needs is imported when it runs, so that `andon --help` is quick and works on a broken installation.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

import click

from bot.cli.action_items import action_items
from bot.cli.alerts import alerts, report
from bot.cli.common import settings as load
from bot.cli.common import told
from bot.cli.comms import comms
from bot.cli.containment import containment
from bot.cli.escalations import escalations
from bot.cli.evidence import evidence
from bot.cli.incident import incident
from bot.cli.obligations import obligations
from bot.cli.playbooks import playbooks
from bot.cli.reports import reports

EPILOG = """\b
Begin here:
  andon sandbox                          try it, without a Slack workspace
  andon manifest > manifest.yaml         the Slack app to create
  andon doctor                           is everything connected?
  andon run                              the bot
Settings come from the environment and from .env; .env.example explains each."""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="andon", message="andon %(version)s")
def main() -> None:
    """Andon, the cord to pull when an AI system does harm: from a slash command to a post-mortem draft."""


main.add_command(incident)
main.add_command(report)
main.add_command(alerts)
main.add_command(escalations)
main.add_command(evidence)
main.add_command(action_items)
main.add_command(containment)
main.add_command(comms)
main.add_command(obligations)
main.add_command(playbooks)
main.add_command(reports)


@main.command(epilog="\b\nExample:\n  SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… andon run")
@told
def run() -> None:
    """Run the bot until it is told to stop.

    With SLACK_APP_TOKEN by Socket Mode, which needs no public address; else with SLACK_SIGNING_SECRET over HTTP, at
    /slack/events of the public door.
    """
    settings = load(needs_slack=True)
    gc.disable()  # what is loaded stays for good, and looking through it meanwhile takes a sixth of the start
    try:
        from bot import runtime
    finally:
        gc.freeze()  # nor is it ever looked through again
        gc.enable()

    asyncio.run(runtime.run(settings))


@main.command(
    epilog="\b\nExamples:\n  andon sandbox\n  andon sandbox --port 8800\n"
    "  andon sandbox --play jailbroken_discount_bot --out out"
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="Where the sandbox listens."
)
@click.option("--play", metavar="STORY", help="Play this story at full speed and leave.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Where a story leaves its minutes and post-mortem."
)
@told
def sandbox(port: int, play: str | None, out: Path | None) -> None:
    """Try Andon in a small Slack on this machine.

    It needs no workspace and no tokens. It prints the address of a page to open in a browser, and understands at a
    prompt what people do. A story exits 0 only if everything in it happened as it should.
    """
    from bot import logs, stage

    logs.configure("console", "error")  # that Slack is slow or down is what somebody wanted to see
    sys.exit(asyncio.run(stage.sandbox(port, play, out)))


@main.command()
@told
def doctor() -> None:
    """Examine every connection; say how to mend what fails.

    Looks at tokens, scopes, channel, database, schema, playbooks and people.

    Exits 1 when something must be mended before the bot can do its work.
    """
    settings = load(needs_slack=True)
    from bot import errands

    sys.exit(asyncio.run(errands.doctor(settings)))


@main.command(
    epilog="\b\nExamples:\n  andon manifest > manifest.yaml\n"
    "  andon manifest --http https://andon.example.com/slack/events --format json"
)
@click.option("--http", "request_url", metavar="URL", help="Slack calls this address, instead of Socket Mode.")
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@told
def manifest(request_url: str | None, form: str) -> None:
    """Print the manifest of the Slack app.

    Paste it at api.slack.com/apps, "Create New App", "From a manifest".
    """
    from bot.slack import manifest as slack_app

    settings = load(needs_slack=False)
    made = slack_app.manifest(settings.command, socket_mode=request_url is None, request_url=request_url)
    click.echo(_written(made, form), nl=False)


@main.command(epilog="\b\nExample:\n  andon postmortem AI-0001 --format html > AI-0001.html")
@click.argument("reference")
@click.option("--format", "form", type=click.Choice(["md", "html", "json"]), default="md", show_default=True)
@told
def postmortem(reference: str, form: str) -> None:
    """Print the post-mortem draft of an incident.

    It is compiled from the database alone, so Slack may be down.
    """
    settings = load(needs_slack=False)
    from bot import errands

    click.echo(asyncio.run(errands.postmortem(settings, reference.upper(), form)))


@main.group()
def db() -> None:
    """The database's schema."""


@db.command()
@told
def upgrade() -> None:
    """Bring the database to this Andon's schema.

    SQLite is upgraded when the bot starts, PostgreSQL only by this command.
    """
    from storage import schema

    click.echo(f"The database has the schema {asyncio.run(schema.upgrade(load(needs_slack=False).database_url))}.")


@db.command()
@told
def version() -> None:
    """Print the database's schema and the one needed.

    Exits 1 when they differ.
    """
    from storage import schema

    found = asyncio.run(schema.current(load(needs_slack=False).database_url))
    click.echo(f"database: {found or 'empty'}\nneeded:   {schema.head()}")
    sys.exit(0 if schema.fits(found) else 1)


def _written(data: dict[str, object], form: str) -> str:
    if form == "json":
        import json

        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    import yaml

    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120))
