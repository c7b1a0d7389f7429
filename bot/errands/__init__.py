"""What the command line does without running the bot: examine, and print a post-mortem."""

from __future__ import annotations

import aiohttp
import click

from bot.main import opened
from bot.services import doctor as house
from bot.services.containment.examining import switches
from bot.services.review.examining import webhook
from bot.settings import Settings
from bot.slack.client import PATIENCE, connect
from bot.slack.doctor import SlackDoctor
from bot.slack.manifest import manifest
from bot.switches.board import environment
from storage import schema


async def doctor(settings: Settings) -> int:
    """Print what is found; 1 when something is in the way of work, else 0."""
    directory = settings.playbooks_dir
    checks = [
        house.database(settings.database_url),
        house.policies(directory),
        house.alert_doors(directory, environment()),
    ]
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url, session)
        app_token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else None
        asked = manifest(settings.command, socket_mode=True, request_url=None)
        slack = SlackDoctor(
            client,
            scopes=asked["oauth_config"]["scopes"]["bot"],
            app_token=app_token,
            has_signing_secret=settings.slack_signing_secret is not None,
            announce=settings.announce_channel,
        )
        findings = await house.examine([*checks, *slack.checks()])
    if house.is_healthy(findings):
        await schema.ensure(settings.database_url)
        async with opened(settings) as andon:
            services = andon.services
            await services.directory.refresh()
            people = house.House(services.work, services.directory, services.library)
            hangs = switches(services.library, services.board, is_own=settings.playbooks_dir is not None)
            findings += await house.examine([*people.checks(), hangs, webhook(services.library, environment())])
    click.echo(house.render(findings))
    return 0 if house.is_healthy(findings) else 1


async def postmortem(settings: Settings, reference: str, form: str) -> str:
    """The draft of an incident as ``md``, ``html`` or ``json``. Raises NotFound or SchemaError."""
    await schema.ensure(settings.database_url)
    async with opened(settings) as andon:
        return await andon.services.postmortems.text(reference, form)
