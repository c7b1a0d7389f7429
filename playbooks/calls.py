"""The shape of a call that turns a switch, one for each adapter, and what it should answer.

Secrets stand here by the name of an environment variable only; one that is written in clear is refused, and never said
again in the refusal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Discriminator, Field, JsonValue, Tag, model_validator

from playbooks.values import Model, Words

PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]{1,63})\}")
SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{2,63}")
# Andon's own keys open Slack and its memory: no policy file sends them anywhere.
OUR_OWN = re.compile(r"SLACK_|ANDON_|DATABASE_URL$|PG|PATH$|HOME$")
CREDENTIAL = re.compile(
    r"(?:sk|pk|rk|api|sdk|mob)-[A-Za-z0-9_-]{12,}|whsec_[A-Za-z0-9+/=]{8,}|xox[a-z]-\S{8,}|gh[pousr]_\w{20,}|glpat-\S{16,}"
    r"|AKIA[A-Z0-9]{12,}|eyJ[\w-]{8,}\.[\w-]{8,}\.|-----BEGIN |(?i:bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}"
    r"|(?:\*|[\w-]+):(?:development|production|default)\.[0-9a-f]{16,}"
)
TELLING = re.compile(r"(?i)authori[sz]ation|token|secret|password|passwd|api[-_]?key|apikey|signature|cookie|admin-key")
IN_CLEAR = (
    "holds a secret in clear: put it into an environment variable and write its name, "
    "in headers and bodies as ${{NAME}}. Change the secret, too: whoever can read the file has it"
)


def names_in(value: Any) -> frozenset[str]:
    """The environment variables that a value refers to, however deep."""
    if isinstance(value, str):
        return frozenset(PLACEHOLDER.findall(value))
    if isinstance(value, Mapping):
        return frozenset().union(*map(names_in, value.values()))
    if isinstance(value, list | tuple):
        return frozenset().union(*map(names_in, value))
    return frozenset()


def _secret_name(value: str) -> str:
    if not SECRET_NAME.fullmatch(value):
        raise ValueError(
            "write the name of an environment variable here, such as UNLEASH_TOKEN, never the secret itself"
        )
    return _ours_to_send(value)


def _ours_to_send(name: str) -> str:
    if OUR_OWN.match(name):
        raise ValueError(f"{name} is Andon's own and is sent to nobody: give this host a secret of its own")
    return name


def _url(value: str) -> str:
    parts = urlsplit(value)
    if (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or parts.fragment
        or re.search(r"[\s<>|\\{}]", value)
    ):
        raise ValueError(f"{value[:80]!r} is no address: write one like https://unleash.example.com")
    if parts.username or parts.password:
        raise ValueError(IN_CLEAR)
    _check_clear(parts.path)
    for key, text in parse_qsl(parts.query):
        _check_named(key, text)
    return value


def _check_clear(text: str) -> None:
    if CREDENTIAL.search(PLACEHOLDER.sub("", text)):
        raise ValueError(IN_CLEAR)


def _check_named(name: str, text: str) -> None:
    if TELLING.search(name) and not PLACEHOLDER.search(text):
        raise ValueError(f"{name} {IN_CLEAR}")
    _check_clear(text)


def _headers(value: Mapping[str, str]) -> Mapping[str, str]:
    for name, text in value.items():
        if not re.fullmatch(r"[A-Za-z0-9-]{1,80}", name) or re.search(r"[\r\n\0]", text):
            raise ValueError(f"{name[:40]!r} is no header")
        if name.lower() in ("host", "content-length", "transfer-encoding", "connection"):
            raise ValueError(f"{name} is Andon's to set")
        _check_named(name, text)
    _named(value)
    return value


def _body(value: JsonValue) -> JsonValue:
    _check_body("", value)
    _named(value)
    return value


def _check_body(name: str, value: JsonValue) -> None:
    if isinstance(value, str):
        _check_named(name, value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_body(key, inner)
    elif isinstance(value, list):
        for inner in value:
            _check_body(name, inner)


def _named(value: Any) -> None:
    for name in names_in(value):
        _ours_to_send(name)


SecretName = Annotated[str, AfterValidator(_secret_name)]
Url = Annotated[str, Field(max_length=500), AfterValidator(_url)]
Headers = Annotated[Mapping[str, str], AfterValidator(_headers)]
Body = Annotated[JsonValue, AfterValidator(_body)]
Name = Annotated[str, Field(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._:@-]{0,119}\Z")]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Expected(Model):
    """What an answer must be like: its status, and what its JSON must contain at least."""

    status: int = Field(default=200, ge=100, le=599)
    json_: JsonValue = Field(default=None, alias="json")


class Request(Model):
    """One HTTP request; ``${NAME}`` in headers and body stands for an environment variable."""

    method: Method = "POST"
    url: Url
    headers: Headers = Field(default_factory=dict)
    body: Body = None


class Check(Request):
    """A request that changes nothing, and what its answer shows."""

    method: Method = "GET"
    expect: Expected = Expected()


class Webhook(Model):
    """A webhook signed as Standard Webhooks say; ``secret`` names the variable that holds ``whsec_…``."""

    adapter: Literal["webhook"]
    url: Url
    secret: SecretName
    target: Words
    read: Check | None = None


class Http(Model):
    """Any HTTP interface: what turns it off, what turns it on again, and what says where it stands."""

    adapter: Literal["http"]
    off: Request
    on: Request | None = None
    read: Check | None = None


class Unleash(Model):
    """A feature toggle of Unleash; ``secret`` holds an admin token."""

    adapter: Literal["unleash"]
    url: Url
    project: Name = "default"
    feature: Name
    environment: Name = "production"
    secret: SecretName


class LaunchDarkly(Model):
    """A flag of LaunchDarkly; ``secret`` holds an API access token."""

    adapter: Literal["launchdarkly"]
    url: Url = "https://app.launchdarkly.com"
    project: Name
    flag: Name
    environment: Name = "production"
    secret: SecretName


class LiteLlm(Model):
    """A key or a team of a LiteLLM proxy; ``key`` names the variable that holds the key to block."""

    adapter: Literal["litellm"]
    url: Url
    team: Name | None = None
    key: SecretName | None = None
    secret: SecretName

    @model_validator(mode="after")
    def _one_of_two(self) -> LiteLlm:
        if (self.team is None) is (self.key is None):
            raise ValueError("name either the team or the key to block")
        return self


class MlflowAlias(Model):
    """An alias of MLflow's model registry: it points at version ``bad`` now, and at ``good`` afterwards."""

    adapter: Literal["mlflow"]
    url: Url
    model: Words
    alias: Name = "champion"
    good: Annotated[str, Field(pattern=r"\A\d{1,9}\Z")] | int
    bad: Annotated[str, Field(pattern=r"\A\d{1,9}\Z")] | int
    secret: SecretName | None = None


class Kong(Model):
    """A service behind Kong, answered with 503 and a holding text instead of being reached."""

    adapter: Literal["kong"]
    url: Url
    service: Name
    message: Words = "This service is switched off for now."
    status: int = Field(default=503, ge=400, le=599)
    secret: SecretName | None = None


class Flagd(Model):
    """A flag in a file that flagd reads; ``evaluate`` is where its OFREP listens, which says what clients get."""

    adapter: Literal["flagd"]
    path: Annotated[str, Field(pattern=r"\A/[^\x00]{1,500}[.]json\Z")]
    flag: Name
    evaluate: Url | None = None


class RecordOnly(Model):
    """A person does it by hand and says so; Andon writes down who and when."""

    adapter: Literal["record"]
    instructions: Words


def _adapter(value: Any) -> str:
    named = value.get("adapter") if isinstance(value, Mapping) else getattr(value, "adapter", None)
    return f"[{named}]"


# The tags stand in brackets so that an error's path leads through them to the line of the file.
Call = Annotated[
    Annotated[Webhook, Tag("[webhook]")]
    | Annotated[Http, Tag("[http]")]
    | Annotated[Unleash, Tag("[unleash]")]
    | Annotated[LaunchDarkly, Tag("[launchdarkly]")]
    | Annotated[LiteLlm, Tag("[litellm]")]
    | Annotated[MlflowAlias, Tag("[mlflow]")]
    | Annotated[Kong, Tag("[kong]")]
    | Annotated[Flagd, Tag("[flagd]")]
    | Annotated[RecordOnly, Tag("[record]")],
    Discriminator(
        _adapter,
        custom_error_type="adapter",
        custom_error_message=(
            "'adapter' is one of webhook, http, unleash, launchdarkly, litellm, mlflow, kong, flagd and record"
        ),
    ),
]
