from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.messages import Heard, MessageKind
from bot.slack import ids, messages

TS, EDIT, LATER = "1700000000.000100", "1700000050.000000", "1700000060.000200"


def event(**more: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "C1", "user": "U1", "text": "hello", "ts": TS, "event_ts": TS, **more}


def changed(text: str, before: str | None, **inner: Any) -> dict[str, Any]:
    previous = {"previous_message": event(text=before)} if before is not None else {}
    return event(subtype="message_changed", ts=LATER, event_ts=LATER, message=event(text=text, **inner), **previous)


def only(heard: Heard | None) -> Heard:
    assert heard is not None
    return heard


def test_a_reply_knows_its_thread_and_a_parent_has_none() -> None:
    """A parent carries its own ts as thread_ts later; it is still no reply."""
    assert TS == only(messages.heard(event(ts=LATER, thread_ts=TS))).sightings[0].thread_ts
    assert only(messages.heard(event(thread_ts=TS))).sightings[0].thread_ts is None


def test_an_edit_tells_both_texts_and_names_the_new_one_by_its_instant() -> None:
    """message_changed shows the text before, as first sent, and the text since, with the edit's own ts."""
    before, now = only(messages.heard(changed("new", "old", edited={"ts": EDIT, "user": "U1"}))).sightings
    assert ("old", "") == (before.text, before.version)
    assert ("new", EDIT) == (now.text, now.version)


def test_a_silent_change_is_named_by_its_event() -> None:
    """A bot's own change carries no edit mark: the event's ts stands in."""
    assert LATER == only(messages.heard(changed("new", "old"))).sightings[-1].version


def test_an_unfurl_is_no_edit() -> None:
    """The same text again is the same version."""
    assert "" == only(messages.heard(changed("same", "same"))).sightings[-1].version


def test_a_deletion_names_the_message_with_or_without_its_last_text() -> None:
    """deleted_ts is the identity; previous_message may be there or not."""
    bare = only(messages.heard(event(subtype="message_deleted", deleted_ts=TS, ts=LATER, event_ts=LATER)))
    full = only(
        messages.heard(
            event(subtype="message_deleted", deleted_ts=TS, ts=LATER, event_ts=LATER, previous_message=event())
        )
    )
    assert (TS, ()) == (bare.ts, bare.sightings)
    assert bare.gone_at is not None
    assert "hello" == full.sightings[0].text


def test_a_tombstone_is_a_deletion() -> None:
    """A deleted thread parent arrives as a change into a tombstone; its last text is kept from before."""
    heard = only(messages.heard(changed("This message was deleted.", "the parent", subtype="tombstone")))
    assert heard.gone_at is not None
    assert ["the parent"] == [one.text for one in heard.sightings]


def test_slacks_own_lines_and_our_own_posts_are_not_kept() -> None:
    """Joins and topics are no messages; what carries our marker we said ourselves."""
    assert messages.heard(event(subtype="channel_join")) is None
    ours = messages.listed(event(metadata={"event_type": ids.OWN_METADATA, "event_payload": {}}), "C1", "UANDON")
    assert ours is not None
    assert ours.kind is MessageKind.OWN


def test_an_unknown_subtype_is_kept_as_what_it_says() -> None:
    """Slack adds subtypes: nothing said in the channel is lost for that."""
    assert MessageKind.OTHER is only(messages.heard(event(subtype="hologram"))).sightings[0].kind


def test_a_file_slack_hides_says_why() -> None:
    """A file that cannot be seen is counted as such."""
    (file,) = only(messages.heard(event(files=[{"id": "F1", "mode": "hidden_by_limit"}]))).sightings[0].files
    assert "hidden_by_limit" == file.problem


def test_a_reaction_on_a_file_is_nothing() -> None:
    """Only reactions on messages mean something."""
    body = {"user": "U1", "reaction": "pushpin", "event_ts": LATER, "item": {"type": "file", "file": "F1"}}
    assert messages.reacted(body, is_added=True) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["ts", "text", "user", "files", "edited", "thread_ts", "reactions", "metadata", "attachments"])
SUBTYPES = st.sampled_from([None, "message_changed", "message_deleted", "tombstone", "bot_message", "hologram"])


@settings(deadline=None)
@given(SUBTYPES, st.dictionaries(KEYS, ANYTHING), st.dictionaries(KEYS, ANYTHING), st.dictionaries(KEYS, ANYTHING))
def test_no_shape_of_event_is_an_error(
    subtype: str | None, outer: dict[str, Any], inner: dict[str, Any], previous: dict[str, Any]
) -> None:
    """Whatever Slack sends, parsing answers with a value or with nothing."""
    messages.heard({"subtype": subtype, "channel": "C1", "message": inner, "previous_message": previous, **outer})


def test_own_messages_and_reactions_in_a_history() -> None:
    """What we shared as a file carries no mark of ours; it is known by its author, and our reactions by ours."""
    own = messages.listed(event(subtype="file_share", user="UANDON", bot_id="B1"), "C1", "UANDON")
    assert own is not None
    assert not own.is_kept
    reacted = event(reactions=[{"name": "pushpin", "users": ["U1"]}, {"name": "white_check_mark", "users": ["UANDON"]}])
    theirs = messages.listed(reacted, "C1", "UANDON")
    assert theirs is not None
    assert theirs.reactions == {"pushpin": ("U1",), "white_check_mark": ()}
