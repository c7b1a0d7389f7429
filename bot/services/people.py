"""Whom Andon has met, found without Slack: who acts at the command line, and everybody's names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bot.domain.errors import BadInput
from bot.domain.naming import matching
from bot.domain.people import Profile
from bot.services.work import Work

NEAR = 3
WHOM_IT_KNOWS = "It knows whom the policy files name, Andon's admins, and whoever was in an incident's channel."


class People:
    """Finds people among those that storage knows."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def names(self) -> dict[str, Profile]:
        """Everybody Andon has met, by Slack id."""
        async with self._work.read() as unit:
            return {profile.id: profile for profile in await unit.people.profiles()}

    async def person(self, typed: str) -> Profile:
        """The one person named by Slack id, e-mail address, handle or name.

        Raises BadInput, about ``as``, for nobody, for several, and for who cannot act.
        """
        async with self._work.read() as unit:
            known = await unit.people.profiles()
            address = (await unit.directory.find([typed.strip()])).get(typed.strip())  # Slack may know another one
        if not known:
            sentence = (
                "Andon has met nobody yet: it learns people from Slack when `andon run` starts for the first time."
            )
            raise BadInput(sentence, field="as")
        found = _meant(typed, known, address.slack_ids if address and not typed.startswith("@") else ())
        if not found:
            raise BadInput(f"Andon knows nobody called “{typed}”.{_near(typed, known)} {WHOM_IT_KNOWS}", field="as")
        if len(found) > 1:
            listed = "; ".join(_card(profile) for profile in found[:NEAR])
            raise BadInput(f"“{typed}” could be {listed}. Give the e-mail address or the Slack id.", field="as")
        return _able(found[0])


def _meant(typed: str, known: Iterable[Profile], named_by_policy: Iterable[str]) -> list[Profile]:
    by_id = {profile.id: profile for profile in known}
    bare = typed.strip().removeprefix("@")
    if bare.upper() in by_id:
        return [by_id[bare.upper()]]
    return matching(typed, by_id.values()) or [by_id[user_id] for user_id in named_by_policy if user_id in by_id]


def _able(profile: Profile) -> Profile:
    if profile.is_bot:
        raise BadInput(f"{profile.name} is a bot, and only people act.", field="as")
    if profile.is_deactivated:
        raise BadInput(f"{profile.name} has left: the account is deactivated.", field="as")
    return profile


def _near(typed: str, known: Iterable[Profile]) -> str:
    """Whose names, handles or addresses look like what was typed."""
    spelled = {
        word.casefold(): profile
        for profile in known
        if profile.can_hold_role
        for word in (
            profile.email,
            profile.email.partition("@")[0],
            profile.handle,
            profile.name,
            *profile.name.split(),
        )
        if word
    }
    wanted = typed.strip().removeprefix("@").casefold()
    close = difflib.get_close_matches(wanted, spelled, n=NEAR, cutoff=0.6)
    listed = " or ".join(dict.fromkeys(_card(spelled[word]) for word in close))
    return f" Did you mean {listed}?" if listed else ""


def _card(profile: Profile) -> str:
    spelled = profile.email or (f"@{profile.handle}" if profile.handle else profile.id)
    return f"{profile.name} ({spelled})"
