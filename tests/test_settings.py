"""Settings: what is wrong is named in one sentence, before anything starts, and no secret is in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, variables
from storage.database import normalise

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
    "SLACK_APP_TOKEN": "xapp-1-A1-2-abc",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
}


def load(**changed: str) -> Settings:
    """Settings from a good environment with these changes, and no file."""
    return Settings.load({**GOOD, **changed}, env_file=None)


def refusal(**changed: str) -> str:
    """The sentence with which such settings are refused."""
    with pytest.raises(SettingsError) as caught:
        load(**changed)
    return str(caught.value)


def test_defaults_need_only_tokens() -> None:
    """With the tokens alone, everything else has a value that works on one machine and listens on loopback only."""
    settings = load()
    assert "sqlite+aiosqlite:///andon.db" == settings.database_url
    assert "https://slack.com/api/" == settings.slack_api_url
    assert "/incident" == settings.command
    assert ("127.0.0.1", "127.0.0.1") == (settings.http_host, settings.admin_host)
    assert () == settings.admins
    assert settings.playbooks_dir is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", ""),
        ("SLACK_BOT_TOKEN", "xapp-1-A1-2-abc"),
        ("SLACK_BOT_TOKEN", "xoxb-with space"),
        ("SLACK_APP_TOKEN", "xoxb-1-2-abc"),
        ("SLACK_SIGNING_SECRET", "short"),
        ("SLACK_SIGNING_SECRET", "0123456789abcdef 0123456789abcdef"),
        ("SLACK_API_URL", "slack.com"),
        ("SLACK_API_URL", "http://slack.example/api/"),
        ("SLACK_API_URL", "ftp://localhost/"),
        ("DATABASE_URL", "mysql://user:password@host/database"),
        ("DATABASE_URL", "andon.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite://andon.db"),
        ("ANDON_LEASE_SECONDS", "5"),
        ("ANDON_LEASE_SECONDS", "half a minute"),
        ("ANDON_COMMAND", "incident"),
        ("ANDON_COMMAND", "/In cident"),
        ("ANDON_COMMAND", "/" + "a" * 32),
        ("ANDON_ANNOUNCE_CHANNEL", "two channels"),
        ("ANDON_ANNOUNCE_CHANNEL", "#Incidents"),
        ("ANDON_ANNOUNCE_CHANNEL", "<#C0123456789>"),
        ("ANDON_PLAYBOOKS_DIR", "there/is/no/such/directory"),
        ("ANDON_HTTP_HOST", "http://localhost"),
        ("ANDON_HTTP_PORT", "http"),
        ("ANDON_HTTP_PORT", "65536"),
        ("ANDON_ADMIN_PORT", "-1"),
        ("ANDON_ADMIN_PORT", "3000"),
        ("ANDON_LOG_FORMAT", "xml"),
        ("ANDON_LOG_LEVEL", "loud"),
        ("ANDON_ADMINS", "rae,lena"),
        ("ANDON_ADMINS", "U012ABCDEF;U034GHIJKL"),
    ],
)
def test_wrong_value_is_one_sentence_naming_it(name: str, value: str) -> None:
    """The variable, what is wrong and what to do, in one line."""
    sentence = refusal(**{name: value})
    assert sentence.startswith(name + " ")
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("name", sorted(variables()))
def test_refusal_never_repeats_the_value(name: str) -> None:
    """It may be a secret in the wrong place."""
    assert "s3cr3t" not in refusal(**{name: "s3cr3t! " * 20})


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("DATABASE_URL", "postgres://a:b@h/d", "database_url", "postgresql+psycopg://a:b@h/d"),
        (
            "DATABASE_URL",
            "postgresql://a:b@h/d?sslmode=require",
            "database_url",
            "postgresql+psycopg://a:b@h/d?sslmode=require",
        ),
        ("DATABASE_URL", "sqlite:////var/lib/andon.db", "database_url", "sqlite+aiosqlite:////var/lib/andon.db"),
        ("DATABASE_URL", "sqlite+aiosqlite:///andon.db", "database_url", "sqlite+aiosqlite:///andon.db"),
        ("SLACK_API_URL", "http://127.0.0.1:8765/api", "slack_api_url", "http://127.0.0.1:8765/api/"),
        ("ANDON_ANNOUNCE_CHANNEL", "C0123456789", "announce_channel", "C0123456789"),
        ("ANDON_ANNOUNCE_CHANNEL", "#ki-störungen", "announce_channel", "#ki-störungen"),
        ("ANDON_ANNOUNCE_CHANNEL", " incidents ", "announce_channel", "incidents"),
        ("ANDON_ADMINS", "U012ABCDEF, W034GHIJKL,", "admins", ("U012ABCDEF", "W034GHIJKL")),
        ("ANDON_LOG_FORMAT", "JSON", "log_format", "json"),
        ("ANDON_LOG_LEVEL", "Debug", "log_level", "debug"),
        ("ANDON_HTTP_HOST", "::1", "http_host", "::1"),
        ("ANDON_HTTP_PORT", "0", "http_port", 0),
        ("ANDON_COMMAND", "/ai-incident", "command", "/ai-incident"),
        ("SLACK_APP_TOKEN", "", "slack_app_token", None),
    ],
)
def test_value_is_read(name: str, value: str, field: str, read: object) -> None:
    """What people reasonably write is understood."""
    assert read == getattr(load(**{name: value}), field)


@pytest.mark.parametrize(
    "url", ["sqlite:///andon.db", "postgres://a:b@h/d", "postgresql://h/d", "sqlite+aiosqlite:///x"]
)
def test_database_address_means_the_same_to_storage(url: str) -> None:
    """Storage leaves the address that settings made as it is."""
    made = load(DATABASE_URL=url).database_url
    assert normalise(url) == made == normalise(made)


def test_one_way_to_slack_is_needed() -> None:
    """Neither Socket Mode nor HTTP: said at the start, not by silence."""
    assert "SLACK_SIGNING_SECRET" in refusal(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="")
    assert load(SLACK_APP_TOKEN="").slack_signing_secret is not None
    assert load(SLACK_SIGNING_SECRET="").slack_app_token is not None


def test_what_needs_no_slack_asks_for_no_token() -> None:
    """The database can be upgraded on a machine that knows no token."""
    assert "" == Settings.load({}, None, needs_slack=False).slack_bot_token.get_secret_value()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ANDON_COMAND", "ANDON_COMMAND"),
        ("ANDON_ANOUNCE_CHANNEL", "ANDON_ANNOUNCE_CHANNEL"),
        ("ANDON_PLAYBOOK_DIR", "ANDON_PLAYBOOKS_DIR"),
    ],
)
def test_misspelt_name_is_corrected(typed: str, meant: str, tmp_path: Path) -> None:
    """A setting that would be ignored in silence is refused with the name that was meant, wherever it stands."""
    assert f"{typed} is not a setting of Andon: did you mean {meant}?" == refusal(**{typed: "x"})
    (tmp_path / ".env").write_text(f"{typed}=x\n")
    with pytest.raises(SettingsError, match=meant):
        Settings.load(GOOD, tmp_path / ".env")


def test_other_peoples_variables_are_left_alone(tmp_path: Path) -> None:
    """A `.env` shared with other programs is fine."""
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=x\nPATH=/bin\n")
    assert Settings.load({**GOOD, "HOME": "/", "SLACK_WEBHOOK": "x"}, tmp_path / ".env")


def test_environment_goes_before_the_file(tmp_path: Path) -> None:
    """The file fills in what the environment does not say; an empty variable says nothing."""
    file = tmp_path / ".env"
    file.write_text("ANDON_COMMAND=/from-file\nANDON_HTTP_PORT=4000\nANDON_LOG_LEVEL=error\n")
    settings = Settings.load({**GOOD, "ANDON_COMMAND": "/from-environ", "ANDON_LOG_LEVEL": ""}, file)
    assert ("/from-environ", 4000, "error") == (settings.command, settings.http_port, settings.log_level)


def test_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without arguments: the process's environment, and `.env` where Andon was started."""
    monkeypatch.chdir(tmp_path)
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in GOOD.items()))
    monkeypatch.setenv("ANDON_COMMAND", "/cord")
    assert "/cord" == Settings.load().command


def test_no_secret_shows() -> None:
    """Printing settings prints no token and no password."""
    settings = load(DATABASE_URL="postgresql://andon:hunter2hunter2@host/andon")
    assert {*GOOD.values(), "hunter2hunter2"} == set(settings.secrets())
    for secret in settings.secrets():
        assert secret not in f"{settings!r} {settings}"


@given(
    st.dictionaries(st.sampled_from(sorted(variables())), st.text(max_size=60).filter(lambda text: "\0" not in text))
)
def test_nonsense_is_refused_in_our_own_words(environ: dict[str, str]) -> None:
    """Whatever is written, settings come out or one sentence that begins with a variable's name."""
    sentence = _refusal_or_nothing(environ)
    assert not sentence or sentence.split()[0] in variables()
    assert "\n" not in sentence


def _refusal_or_nothing(environ: dict[str, str]) -> str:
    try:
        Settings.load(environ, None)
    except SettingsError as error:
        return str(error)
    return ""
