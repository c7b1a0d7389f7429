"""Every setting of Andon, read from the environment and `.env`; a wrong one stops the start with one sentence.

Each description below says what to do when the setting is missing or wrong: it becomes the end of that sentence.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings.sources import NoDecode

from bot.setting import EvidenceSettings, matching, secret_like, setting

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DATABASES = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
OURS = "ANDON_"


class SettingsError(Exception):
    """Andon cannot start like this. The text is one sentence that names the variable and says what to do."""


class Settings(EvidenceSettings):
    """What a person configures. Make one with :meth:`load`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, validate_default=False, hide_input_in_errors=True)

    slack_bot_token: SecretStr = setting(
        "SLACK_BOT_TOKEN",
        "give the bot token of your Slack app (OAuth & Permissions), which starts with xoxb-",
        SecretStr(""),
    )
    slack_app_token: SecretStr | None = setting(
        "SLACK_APP_TOKEN",
        "give an app-level token with connections:write (Basic Information), which starts with xapp-",
        None,
    )
    slack_signing_secret: SecretStr | None = setting(
        "SLACK_SIGNING_SECRET",
        "give the signing secret of your Slack app (Basic Information), as it is shown there",
        None,
    )
    slack_api_url: str = setting(
        "SLACK_API_URL",
        "give an https address, or http on this machine, such as https://slack.com/api/",
        "https://slack.com/api/",
    )
    slack_limits: Literal["published", "none"] = setting(
        "ANDON_SLACK_LIMITS", "give published, to keep Slack's limits, or none, for a server without them", "published"
    )
    database_url: str = setting(
        "DATABASE_URL",
        "give sqlite:///andon.db or postgresql://user:password@host/database",
        "sqlite+aiosqlite:///andon.db",
        repr=False,
    )
    lease_seconds: Annotated[float, Field(ge=6, le=600)] = setting(
        "ANDON_LEASE_SECONDS", "give a number of seconds between 6 and 600, such as 30", 30
    )
    command: str = setting(
        "ANDON_COMMAND",
        "give a slash command of lower-case letters, digits and hyphens, such as /incident",
        "/incident",
    )
    announce_channel: str = setting(
        "ANDON_ANNOUNCE_CHANNEL", "give a channel's name, such as #incidents, or its id, such as C0123456789", ""
    )
    triage_channel: str = setting(
        "ANDON_TRIAGE_CHANNEL", "give a channel's name, such as #ai-triage, or its id, such as C0123456789", "ai-triage"
    )
    playbooks_dir: Path | None = setting(
        "ANDON_PLAYBOOKS_DIR",
        "give a directory that exists, or leave it empty for the playbooks that Andon brings",
        None,
    )
    http_host: str = setting(
        "ANDON_HTTP_HOST", "give the name or address that the public door listens on, such as 127.0.0.1", "127.0.0.1"
    )
    http_port: int = setting("ANDON_HTTP_PORT", "give a port between 0 and 65535; 0 takes any free one", 3000)
    admin_host: str = setting(
        "ANDON_ADMIN_HOST", "give the name or address that the admin door listens on, such as 127.0.0.1", "127.0.0.1"
    )
    admin_port: int = setting("ANDON_ADMIN_PORT", "give a port between 0 and 65535; 0 takes any free one", 3001)
    log_format: Literal["console", "json"] = setting("ANDON_LOG_FORMAT", "give console or json", "console")
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "ANDON_LOG_LEVEL", "give debug, info, warning or error", "info"
    )
    acting_as: str = setting(
        "ANDON_AS", "give your Slack id, e-mail address or handle, such as rae@example.com, for the command line", ""
    )
    admins: Annotated[tuple[str, ...], NoDecode] = setting(
        "ANDON_ADMINS", "give Slack user ids separated by commas, such as U012ABCDEF,U034GHIJKL", ()
    )

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, env_file: Path | str | None = ".env", *, needs_slack: bool = True
    ) -> Self:
        """The settings: ``environ`` (the process's by default) before ``env_file``; an empty value counts as not given.

        ``needs_slack`` is False for what works without Slack, such as upgrading the database. Raises SettingsError.
        """
        process, file = _sources(cls, os.environ if environ is None else environ, env_file)
        _refuse_unknown([*process.env_vars, *file.env_vars])
        try:
            settings = cls(**(file() | process()))
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from None
        _check_doors(settings)
        if needs_slack:
            _check_slack(settings)
        return settings

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what :meth:`load` has read, so that a test decides what the environment is."""
        return (init_settings,)

    @property
    def lease(self) -> timedelta:
        """How long a replica that died or froze keeps what it had begun."""
        return timedelta(seconds=self.lease_seconds)

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be logged."""
        ours = (self.evidence_token, self.report_token)
        tokens = (self.slack_bot_token, self.slack_app_token, self.slack_signing_secret, *ours)
        password = urlsplit(self.database_url).password
        return tuple(secret for secret in (*(t.get_secret_value() for t in tokens if t), password) if secret)

    @field_validator("slack_bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return secret_like(r"xoxb-[A-Za-z0-9-]+", token)

    @field_validator("slack_app_token")
    @classmethod
    def _app_token(cls, token: SecretStr) -> SecretStr:
        return secret_like(r"xapp-[A-Za-z0-9-]+", token)

    @field_validator("slack_signing_secret")
    @classmethod
    def _signing_secret(cls, secret: SecretStr) -> SecretStr:
        return secret_like(r"\w{16,}", secret)

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, address: str) -> str:
        parts = urlsplit(address)
        if not parts.hostname or not (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        ):
            raise ValueError
        return address.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _database_url(cls, address: str) -> str:
        scheme, colon, rest = address.partition("://")
        if not colon or scheme not in DATABASES or not rest.strip("/") or ":memory:" in rest:
            raise ValueError
        if DATABASES[scheme].startswith("sqlite") and not rest.startswith("/"):
            raise ValueError
        return f"{DATABASES[scheme]}://{rest}"

    @field_validator("command")
    @classmethod
    def _command(cls, command: str) -> str:
        return matching(r"/[a-z0-9][a-z0-9_-]{0,30}", command)

    @field_validator("acting_as")
    @classmethod
    def _acting_as(cls, who: str) -> str:
        return matching(r"[\w.+@'-]{1,255}", who)

    @field_validator("announce_channel", "triage_channel")
    @classmethod
    def _channel(cls, channel: str) -> str:
        return matching(r"[CG][A-Z0-9]{6,}|#?[^\sA-Z#@<>.,]{1,80}", channel)

    @field_validator("playbooks_dir")
    @classmethod
    def _playbooks_dir(cls, directory: Path) -> Path:
        if not directory.expanduser().is_dir():
            raise ValueError
        return directory.expanduser()

    @field_validator("http_host", "admin_host")
    @classmethod
    def _host(cls, host: str) -> str:
        return matching(r"[\w.:-]+", host)

    @field_validator("http_port", "admin_port")
    @classmethod
    def _port(cls, port: int) -> int:
        if not 0 <= port <= 65535:
            raise ValueError
        return port

    @field_validator("slack_limits", "log_format", "log_level", mode="before")
    @classmethod
    def _lower(cls, word: str) -> str:
        return word.lower()

    @field_validator("admins", mode="before")
    @classmethod
    def _admins(cls, listed: str | tuple[str, ...]) -> tuple[str, ...]:
        ids = listed.split(",") if isinstance(listed, str) else listed
        return tuple(matching(r"[UW][A-Z0-9]{2,}", user_id.strip()) for user_id in ids if user_id.strip())


def variables() -> dict[str, str]:
    """The name of every setting and what to do about it."""
    return {str(field.validation_alias): field.description or "" for field in Settings.model_fields.values()}


def _sources(
    cls: type[Settings], environ: Mapping[str, str], env_file: Path | str | None
) -> tuple[EnvSettingsSource, DotEnvSettingsSource]:
    process = EnvSettingsSource(cls, case_sensitive=True, env_ignore_empty=True)
    process.env_vars = _given(environ)
    file = DotEnvSettingsSource(cls, env_file=env_file, case_sensitive=True, env_ignore_empty=True)
    file.env_vars = _given(file.env_vars)
    return process, file


def _given(values: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: value.strip() for name, value in values.items() if value and value.strip()}


def _refuse_unknown(names: Iterable[str]) -> None:
    known = variables()
    for name in names:
        if not name.startswith(OURS) or name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "see .env.example for those there are."
        raise SettingsError(f"{name} is not a setting of Andon: {hint}")


def _check_slack(settings: Settings) -> None:
    remedies = variables()
    if not settings.slack_bot_token.get_secret_value():
        raise SettingsError(f"SLACK_BOT_TOKEN is not set: {remedies['SLACK_BOT_TOKEN']}.")
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise SettingsError(
            "SLACK_APP_TOKEN is not set: give an app-level token, which starts with xapp-, for Socket Mode,"
            " or SLACK_SIGNING_SECRET for HTTP."
        )


def _check_doors(settings: Settings) -> None:
    if settings.http_port == settings.admin_port != 0:
        raise SettingsError(
            f"ANDON_ADMIN_PORT is {settings.admin_port}, as is ANDON_HTTP_PORT: give the two doors two ports."
        )


def _sentence(error: ValidationError) -> str:
    """The first thing wrong, without the value: it may be a secret in the wrong place."""
    name = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
    return f"{name} cannot be used as it is: {variables()[name]}."
