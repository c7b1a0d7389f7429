"""Which bot scopes open which kind of conversation, for the methods that ask."""

from collections.abc import Mapping

from bot.sandbox.objects import Kind

Scopes = Mapping[Kind, tuple[str, ...]]

MANAGE: Scopes = {
    Kind.PUBLIC: ("channels:manage",),
    Kind.PRIVATE: ("groups:write",),
    Kind.IM: ("im:write",),
    Kind.MPIM: ("mpim:write",),
}
INVITE: Scopes = {
    Kind.PUBLIC: ("channels:manage", "channels:write.invites"),
    Kind.PRIVATE: ("groups:write", "groups:write.invites"),
}
TOPIC: Scopes = {
    Kind.PUBLIC: ("channels:manage", "channels:write.topic"),
    Kind.PRIVATE: ("groups:write", "groups:write.topic"),
    Kind.IM: ("im:write", "im:write.topic"),
    Kind.MPIM: ("mpim:write", "mpim:write.topic"),
}
READ: Scopes = {
    Kind.PUBLIC: ("channels:read",),
    Kind.PRIVATE: ("groups:read",),
    Kind.IM: ("im:read",),
    Kind.MPIM: ("mpim:read",),
}
HISTORY: Scopes = {
    Kind.PUBLIC: ("channels:history",),
    Kind.PRIVATE: ("groups:history",),
    Kind.IM: ("im:history",),
    Kind.MPIM: ("mpim:history",),
}
OPEN: Scopes = {Kind.IM: ("im:write",), Kind.MPIM: ("mpim:write",)}
