"""Kestrel Retail: a workspace with a cast, channels, one user group and the app from a manifest, ready to play.

Names and ids are constants, the same in every sandbox.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.sandbox.objects import InstalledApp, Kind, User, UserGroup
from bot.sandbox.workspace import Workspace

TEAM_ID, TEAM_NAME, TEAM_DOMAIN, EMAIL_DOMAIN = "T07KESTREL1", "Kestrel Retail", "kestrel-retail", "kestrel.example"
APP_ID, APP_BOT_USER, APP_BOT_ID = "A07ANDONAPP", "U07ANDONBOT", "B07ANDONBOT"
ALERTS_BOT_USER, ALERTS_BOT_ID, ALERTS_APP_ID = "U07GRAFANA1", "B07GRAFANA1", "A07GRAFANA1"
SLACKBOT = "USLACKBOT"

RAE, LENA, LIAM, MATEO, MINA = "U07RAE00001", "U07LENA0001", "U07LIAM0001", "U07MATEO001", "U07MINA0001"
GRACE, GUS, CORY, CLEO = "U07GRACE001", "U07GUS00001", "U07CORY0001", "U07CLEO0001"
INES, GWEN, HANA, EMIL = "U07INES0001", "U07GWEN0001", "U07HANA0001", "U07EMIL0001"
OTTO, DANA, GABE = "U07OTTO0001", "U07DANA0001", "U07GABE0001"

AI_ONCALL = "S07AIONCALL"
ONCALL_MEMBERS = (LENA, MATEO)

# handle, id, full name, job title, time zone
STAFF: tuple[tuple[str, str, str, str, str], ...] = (
    ("rae", RAE, "Rae Okafor", "Customer Support Specialist", "Europe/London"),
    ("lena", LENA, "Lena Voss", "Engineering Manager, AI Platform", "Europe/Berlin"),
    ("liam", LIAM, "Liam Doyle", "Site Reliability Lead", "Europe/Dublin"),
    ("mateo", MATEO, "Mateo Rojas", "Senior ML Engineer", "America/New_York"),
    ("mina", MINA, "Mina Sato", "ML Engineer", "Asia/Tokyo"),
    ("grace", GRACE, "Grace Adeyemi", "Counsel, Privacy and Product", "Europe/London"),
    ("gus", GUS, "Gus Lindqvist", "Associate Counsel", "Europe/Stockholm"),
    ("cory", CORY, "Cory Bell", "Communications Lead", "America/Chicago"),
    ("cleo", CLEO, "Cleo Marchand", "Communications Manager", "Europe/Paris"),
    ("ines", INES, "Ines Carvalho", "Chief Technology Officer", "Europe/Lisbon"),
    ("gwen", GWEN, "Gwen Price", "General Counsel", "America/New_York"),
    ("hana", HANA, "Hana Novak", "Head of Product", "Europe/Prague"),
    ("emil", EMIL, "Emil Larsen", "VP Operations, executive on call", "Europe/Copenhagen"),
    ("otto", OTTO, "Otto Brandt", "Warehouse Planner", "Europe/Vienna"),
    ("dana", DANA, "Dana Frost", "Former ML Engineer", "Europe/London"),
    ("gabe", GABE, "Gabe Quill", "Contractor (guest)", "Europe/London"),
)
EVERYBODY = tuple(row[1] for row in STAFF if row[0] not in ("dana", "gabe"))

# name, kind, members, whether it is #general
CHANNELS: tuple[tuple[str, Kind, tuple[str, ...], bool], ...] = (
    ("general", Kind.PUBLIC, EVERYBODY, True),
    ("ai-incidents", Kind.PUBLIC, (RAE, LENA, LIAM, MATEO, MINA, GRACE, CORY, INES, HANA, EMIL), False),
    ("support", Kind.PUBLIC, (RAE, CLEO, OTTO, GABE), False),
    ("ml-platform", Kind.PUBLIC, (LENA, LIAM, MATEO, MINA), False),
    ("product", Kind.PUBLIC, (HANA, LENA, CORY, INES), False),
    ("exec-private", Kind.PRIVATE, (INES, GWEN, HANA, EMIL), False),
)


def kestrel(now: Callable[[], datetime], manifest: Mapping[str, Any], *, seed: int = 1) -> Workspace:
    """The whole workspace with the manifest's app installed; the app is in #general and #ai-incidents, nowhere else."""
    workspace = Workspace(now, team_id=TEAM_ID, name=TEAM_NAME, domain=TEAM_DOMAIN, seed=seed)
    workspace.app = _install(manifest)
    for user in (*_staff(), *_bots(workspace.app)):
        workspace.users[user.id] = user
    for name, kind, members, general in CHANNELS:
        in_it = (*members, APP_BOT_USER) if name in ("general", "ai-incidents") else members
        workspace.add_channel(name, kind, members[0], in_it).general = general
    workspace.user_groups[AI_ONCALL] = UserGroup(AI_ONCALL, "ai-oncall", "AI on-call", list(ONCALL_MEMBERS))
    return workspace


def _staff() -> list[User]:
    return [
        User(
            user_id,
            handle,
            real_name,
            title,
            f"{handle}@{EMAIL_DOMAIN}",
            tz,
            deleted=handle == "dana",
            is_admin=handle == "ines",
            is_guest=handle == "gabe",
        )
        for handle, user_id, real_name, title, tz in STAFF
    ]


def _bots(app: InstalledApp) -> list[User]:
    display = app.manifest.get("features", {}).get("bot_user", {}).get("display_name", app.name)
    handle = str(display).lower().replace(" ", "-")
    return [
        User(APP_BOT_USER, handle, str(display), is_bot=True, bot_id=APP_BOT_ID, app_id=APP_ID, tz="UTC"),
        User(ALERTS_BOT_USER, "grafana", "Grafana", is_bot=True, bot_id=ALERTS_BOT_ID, app_id=ALERTS_APP_ID, tz="UTC"),
        User(SLACKBOT, "slackbot", "Slackbot", tz="UTC"),
    ]


def _install(manifest: Mapping[str, Any]) -> InstalledApp:
    return InstalledApp(
        id=APP_ID,
        name=str(manifest.get("display_information", {}).get("name", "Andon")),
        bot_user=APP_BOT_USER,
        bot_id=APP_BOT_ID,
        bot_token="xoxb-7000000001-7000000002-sandboxBotToken",
        app_token="xapp-1-A07ANDONAPP-7000000003-sandboxAppToken",
        signing_secret="5a4db0c5a4db0c5a4db0c5a4db0c5a4d",
        verification_token="sandboxVerificationToken",
        manifest=manifest,
    )
