"""How one setting is declared and checked, and the settings of evidence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

EVIDENCE = "andon-evidence"


def setting(name: str, remedy: str, default: Any = ..., *, repr: bool = True) -> Any:  # noqa: A002  pydantic's own word
    """A setting by the name of its variable; ``remedy`` says what to do when it is missing or wrong."""
    return Field(default, validation_alias=name, description=remedy, repr=repr)


def secret_like(pattern: str, given: SecretStr) -> SecretStr:
    """The secret, if it has that form. Raises ValueError."""
    matching(pattern, given.get_secret_value())
    return given


def matching(pattern: str, text: str) -> str:
    """The text, if it has that form. Raises ValueError."""
    if not re.fullmatch(pattern, text):
        raise ValueError
    return text


class EvidenceSettings(BaseSettings):
    """Where evidence is stored, who may send it or reports, and who signs for it."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, validate_default=False, hide_input_in_errors=True)

    evidence_url: str = setting(
        "ANDON_EVIDENCE_URL",
        "give a directory or an fsspec address like s3://bucket/andon, or leave it empty for one beside the database",
        "",
        repr=False,
    )
    evidence_token: SecretStr | None = setting(
        "ANDON_EVIDENCE_TOKEN",
        "give a secret of at least 16 letters, digits or . _ ~ + / = -, for machines that send evidence",
        None,
    )
    report_token: SecretStr | None = setting(
        "ANDON_REPORT_TOKEN",
        "give a secret of at least 16 letters, digits or . _ ~ + / = -, for machines that send reports",
        None,
    )
    timestamp_url: str = setting(
        "ANDON_TIMESTAMP_URL", "give the http or https address of a time-stamping authority, or leave it empty", ""
    )
    timestamp_certificate: Path | None = setting(
        "ANDON_TIMESTAMP_CERTIFICATE",
        "give the file with the authority's root certificate (PEM), or leave it empty to check hashes only",
        None,
    )

    def evidence_at(self, database_url: str) -> str:
        """Where files of evidence go: as set, else a directory beside a SQLite file, else one where Andon runs."""
        if self.evidence_url:
            return self.evidence_url
        scheme, _, file = database_url.partition(":///")
        return str(Path(file).with_name(EVIDENCE)) if scheme.startswith("sqlite") else EVIDENCE

    @field_validator("evidence_url")
    @classmethod
    def _evidence_url(cls, address: str) -> str:
        if "://" in address:
            return matching(r"[a-z][a-z0-9+.-]*://\S+", address)
        return matching(r"[^!*?\"<>|\0]+", address)

    @field_validator("evidence_token", "report_token")
    @classmethod
    def _evidence_token(cls, token: SecretStr) -> SecretStr:
        return secret_like(r"[A-Za-z0-9._~+/=-]{16,}", token)

    @field_validator("timestamp_url")
    @classmethod
    def _timestamp_url(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError
        return address

    @field_validator("timestamp_certificate")
    @classmethod
    def _timestamp_certificate(cls, file: Path) -> Path:
        if not file.expanduser().is_file():
            raise ValueError
        return file.expanduser()
