"""Messages and views as a person reads them: plain text, names instead of ids, times in the reader's own zone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.sandbox import mrkdwn
from bot.sandbox.controls import FIELDS, button_texts, options_of, words
from bot.sandbox.objects import Ephemeral, Json, Message, View
from bot.sandbox.workspace import Workspace


@dataclass(frozen=True)
class Seen:
    """A message as one person sees it.

    `text` is everything readable, blocks and attachments included; `notification` is the top-level text alone, which is
    what a push notification and a screen reader give. `buttons` are the words on buttons and overflow entries.
    """

    channel: str
    ts: str
    author: str
    text: str
    notification: str
    at: datetime
    thread_ts: str | None
    buttons: tuple[str, ...]
    blocks: list[Json] = field(repr=False)
    reactions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    edited: bool = False
    ephemeral: bool = False


def see(workspace: Workspace, message: Message, viewer_tz: str) -> Seen:
    """A message of a channel."""
    author = workspace.users.get(message.user)
    return Seen(
        message.channel,
        message.ts,
        author.first_name if author else message.user,
        _read(workspace, message, viewer_tz),
        mrkdwn.render(message.text, viewer_tz, workspace),
        instant_of(message.ts),
        message.thread_ts,
        tuple(button_texts(all_blocks(message))),
        all_blocks(message),
        tuple(r.name for r in message.reactions),
        tuple(workspace.files[f].name for f in message.files),
        edited=message.edited is not None,
    )


def see_ephemeral(workspace: Workspace, note: Ephemeral, viewer_tz: str) -> Seen:
    """A message only its reader sees."""
    return Seen(
        note.channel,
        note.ts,
        workspace.bot.first_name,
        _read(workspace, note, viewer_tz),
        mrkdwn.render(note.text, viewer_tz, workspace),
        instant_of(note.ts),
        note.thread_ts,
        tuple(button_texts(all_blocks(note))),
        all_blocks(note),
        ephemeral=True,
    )


def instant_of(ts: str) -> datetime:
    """The instant a `ts` stands for."""
    seconds, _, micros = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(micros))


def all_blocks(message: Message | Ephemeral) -> list[Json]:
    """The blocks of a message and of its attachments, in reading order."""
    inner = [block for a in message.attachments for block in a.get("blocks", ())]
    return [*message.blocks, *inner]


def _read(workspace: Workspace, message: Message | Ephemeral, viewer_tz: str) -> str:
    """What is on the screen: blocks in place of the text where there are any, then attachments, then files."""
    body = read_blocks(message.blocks, viewer_tz, workspace) if message.blocks else ""
    parts = [body or mrkdwn.render(message.text, viewer_tz, workspace)]
    for attachment in message.attachments:
        loose = [attachment.get(name, "") for name in ("pretext", "title", "text")]
        parts += [mrkdwn.render(part, viewer_tz, workspace) for part in loose if part]
        parts.append(read_blocks(attachment.get("blocks", ()), viewer_tz, workspace))
    if isinstance(message, Message):
        parts += [f"[file: {workspace.files[f].name}]" for f in message.files]
    return "\n".join(part for part in parts if part)


def read_view(view: View, viewer_tz: str, workspace: Workspace) -> str:
    """A modal or Home: title, content, errors beside their fields, and what its buttons say."""
    title = words(view.body.get("title"))
    lines = [f"== {title} =="] if title else []
    for block in view.blocks:
        lines.append(read_block(block, viewer_tz, workspace))
        if block["block_id"] in view.errors:
            lines.append(f"  ! {view.errors[block['block_id']]}")
    ends = [words(view.body.get(name)) for name in ("close", "submit")]
    lines += [f"[{end}]" for end in ends if end]
    return "\n".join(line for line in lines if line)


def read_blocks(blocks: Iterable[Json], viewer_tz: str, workspace: Workspace) -> str:
    """Blocks as lines of text."""
    return "\n".join(line for block in blocks if (line := read_block(block, viewer_tz, workspace)))


def read_block(block: Json, viewer_tz: str, workspace: Workspace) -> str:
    """One block as text; one without readable content as nothing."""
    reader = _BLOCKS.get(block["type"])
    return reader(block, lambda thing: _text(thing, viewer_tz, workspace)) if reader else ""


Reader = Callable[[Any], str]


def _text(thing: Any, viewer_tz: str, workspace: Workspace) -> str:
    """A text object, a rich text part or a bare string."""
    if not isinstance(thing, dict):
        return str(thing or "")
    kind = thing.get("type")
    if kind == "mrkdwn":
        return mrkdwn.render(thing["text"], viewer_tz, workspace)
    if kind in _ENTITIES:
        return mrkdwn.render(_ENTITIES[kind](thing), viewer_tz, workspace)
    if "elements" in thing:
        inner = "".join(
            _text(e, viewer_tz, workspace) for e in thing["elements"] if e.get("type") != "rich_text_section"
        )
        lines = [_text(e, viewer_tz, workspace) for e in thing["elements"] if e.get("type") == "rich_text_section"]
        bullet = "• " if kind == "rich_text_list" else ""
        return "\n".join(part for part in (inner, *(bullet + line for line in lines)) if part)
    return str(thing.get("text") or thing.get("name") or thing.get("url") or "")


_ENTITIES: Mapping[Any, Callable[[Json], str]] = {
    "user": lambda e: f"<@{e['user_id']}>",
    "channel": lambda e: f"<#{e['channel_id']}>",
    "usergroup": lambda e: f"<!subteam^{e['usergroup_id']}>",
    "broadcast": lambda e: f"<!{e['range']}>",
    "date": lambda e: f"<!date^{e['timestamp']}^{e['format']}|{e.get('fallback', '')}>",
    "emoji": lambda e: f":{e['name']}:",
}


def _control(element: Json, read: Reader) -> str:
    if element["type"] == "button":
        return f"[{words(element['text'])}]"
    if element["type"] == "overflow":
        return "[… " + " | ".join(words(o["text"]) for o in element["options"]) + "]"
    if element["type"] == "image":
        return f"({element['alt_text']})" if element["alt_text"] else ""
    if element["type"] in FIELDS:
        offered = " | ".join(words(o["text"]) for o in options_of(element)[:6])
        return "<" + (words(element.get("placeholder")) or offered or element["type"]) + ">"
    return read(element)


def _section(block: Json, read: Reader) -> str:
    parts = [read(block.get("text")), *(read(f) for f in block.get("fields", ()))]
    if "accessory" in block:
        parts.append(_control(block["accessory"], read))
    return "\n".join(part for part in parts if part)


def _table(block: Json, read: Reader) -> str:
    return "\n".join(" | ".join(read(cell) for cell in row) for row in block["rows"])


def _input(block: Json, read: Reader) -> str:
    optional = " (optional)" if block.get("optional") else ""
    hint = f" — {read(block['hint'])}" if "hint" in block else ""
    return f"{read(block['label'])}{optional}: {_control(block['element'], read)}{hint}"


_BLOCKS: Mapping[str, Callable[[Json, Reader], str]] = {
    "section": _section,
    "header": lambda block, read: f"# {read(block['text'])}",
    "divider": lambda _block, _read: "---",
    "image": lambda block, read: f"({block['alt_text']})",
    "context": lambda block, read: " ".join(
        _control(e, read) if e["type"] == "image" else read(e) for e in block["elements"]
    ),
    "actions": lambda block, read: " ".join(_control(e, read) for e in block["elements"]),
    "input": _input,
    "rich_text": lambda block, read: "\n".join(read(e) for e in block["elements"]),
    "markdown": lambda block, read: str(block["text"]),
    "table": _table,
    "alert": lambda block, read: f"! {read(block['text'])}",
}


def pings_of(message: Message | Ephemeral) -> set[str]:
    """Everybody this message would notify, top-level text, blocks and attachments together.

    A bare `@here`, `@channel` or `@everyone` in mrkdwn that is not `verbatim` counts: Slack may turn it into a ping.
    """
    pings = mrkdwn.mentions_of(message.text)
    for thing in _every_object([*message.blocks, *message.attachments]):
        if thing.get("type") == "mrkdwn":
            pings |= mrkdwn.mentions_of(thing["text"])
            if not thing.get("verbatim"):
                pings |= {name for name in ("here", "channel", "everyone") if f"@{name}" in thing["text"]}
        elif thing.get("type") in ("user", "usergroup", "broadcast"):
            pings |= {str(thing.get("user_id") or thing.get("usergroup_id") or thing.get("range"))}
    return pings


def _every_object(thing: Any) -> Iterable[Json]:
    if isinstance(thing, dict):
        yield thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for part in thing:
            yield from _every_object(part)
