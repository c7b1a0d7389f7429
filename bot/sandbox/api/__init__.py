"""The Web API by family; `METHODS` is the whole table, and what is not in it does not exist."""

from collections.abc import Mapping

from bot.sandbox.api import bookmarks, canvases, chat, conversations, files, history, marks, members, people, views
from bot.sandbox.call import Method

METHODS: Mapping[str, Method] = {
    **people.METHODS,
    **conversations.METHODS,
    **members.METHODS,
    **history.METHODS,
    **chat.METHODS,
    **views.METHODS,
    **marks.METHODS,
    **bookmarks.METHODS,
    **files.METHODS,
    **canvases.METHODS,
}
