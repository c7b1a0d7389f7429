"""Documents from drafts: Markdown, a standalone page, JSON.

Templates are ours or the organisation's (``<playbooks>/templates/<name>`` wins over the shipped one, file by file) and
run in a sandbox. Every value they print is escaped for the document it stands in, so a template cannot forget to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.domain.errors import AndonError
from bot.domain.plain import clean, isolate
from bot.domain.postmortem import Draft
from playbooks import markdown, wording

SHIPPED = Path(__file__).parent / "templates"
JSON_SCHEMA = "andon.postmortem/1"
FILTERS: dict[str, Callable[..., Any]] = {
    "instant": wording.instant,
    "stamp": wording.stamp,
    "clock": wording.clock,
    "day": wording.day,
    "weekday": wording.weekday,
    "span": wording.span,
    "offset": wording.offset,
    "address": wording.address,
    "host": wording.host,
}


class TemplateProblem(AndonError):
    """A template that cannot be used: which file, which line, why."""


def render_markdown(draft: Draft, playbooks: Path | None = None) -> str:
    """The draft by ``templates/postmortem.md``, the organisation's in ``playbooks`` or ours. Raises TemplateProblem."""
    text = _render(_markdown_environment(playbooks), "postmortem.md", draft)
    text = re.sub(r"[ \t]+\n(?=\n)", "\n", text)
    return markdown.align_tables(re.sub(r"\n{3,}", "\n\n", text)).strip() + "\n"


def render_html(draft: Draft, playbooks: Path | None = None) -> str:
    """The draft by ``templates/postmortem.html``: one file without scripts that asks no other address for anything."""
    return _render(_html_environment(playbooks), "postmortem.html", draft).strip() + "\n"


def render_json(draft: Draft) -> str:
    """The draft as data: instants in ISO 8601 UTC, lengths of time in seconds, None for what is not known."""
    document = {"schema": JSON_SCHEMA, **asdict(draft)}
    return json.dumps(document, default=_as_json, ensure_ascii=False, indent=2) + "\n"


def _render(environment: ImmutableSandboxedEnvironment, name: str, draft: Draft) -> str:
    try:
        return environment.get_template(name).render(draft=draft)
    except TemplateSyntaxError as error:
        raise TemplateProblem(f"templates/{error.name or name}, line {error.lineno}: {error.message}") from error
    except (TemplateError, TypeError, ValueError, AttributeError) as error:
        raise TemplateProblem(f"templates/{_place(error, name)}: {error}") from error


def _place(error: Exception, name: str) -> str:
    """The template and line that was being printed; Jinja puts both into the traceback."""
    frames = [frame for frame in extract_tb(error.__traceback__) if Path(frame.filename).parent.name == "templates"]
    return f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else name


@lru_cache(maxsize=8)
def _markdown_environment(playbooks: Path | None) -> ImmutableSandboxedEnvironment:
    environment = _environment(playbooks, _markdown_value)
    environment.filters |= {"prose": markdown.prose, "quote": markdown.quote, "code": markdown.code}
    environment.globals |= {"strong": _markdown_strong, "weak": _markdown_weak, "link": _markdown_link}
    return environment


@lru_cache(maxsize=8)
def _html_environment(playbooks: Path | None) -> ImmutableSandboxedEnvironment:
    environment = _environment(playbooks, _html_value)
    environment.filters |= {"prose": _html_block, "quote": _html_block, "code": _html_code}
    environment.globals |= {"strong": _html_strong, "weak": _html_weak, "link": _html_link}
    return environment


def _environment(playbooks: Path | None, finalize: Callable[[Any], Any]) -> ImmutableSandboxedEnvironment:
    folders = [playbooks / "templates", SHIPPED] if playbooks else [SHIPPED]
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    environment.globals |= {"count": wording.count}
    return environment


def _markdown_value(value: Any) -> Any:
    return value if isinstance(value, Markup) else markdown.inline(str(value))


def _markdown_strong(value: Any) -> Markup:
    return Markup("**{}**").format(_markdown_value(value))


def _markdown_weak(value: Any) -> Markup:
    return Markup("_{}_").format(_markdown_value(value))


def _markdown_link(label: Any, url: str | None) -> Markup:
    shown, target = _markdown_value(label), wording.address(url)
    return Markup("[{}]({})").format(shown, Markup(target)) if target else shown  # noqa: S704 - percent-encoded


def _html_value(value: Any) -> Any:
    return value if isinstance(value, Markup) else escape(isolate(" ".join(clean(str(value)).split())))


def _html_block(text: str, limit: int = 4000) -> Markup:
    """Lines as typed; the style sheet keeps their breaks. What is longer than ``limit`` is folded behind its start."""
    lines = [isolate(line.strip()) for line in clean(text).strip().split("\n")]
    whole = escape("\n".join(lines))
    if len(text) <= limit:
        return Markup('<div class="said">{}</div>').format(whole)
    start = escape("\n".join(lines)[:limit].rstrip() + "…")
    return Markup('<details class="said"><summary>{}</summary>{}</details>').format(start, whole)


def _html_code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(_html_value(text))


def _html_strong(value: Any) -> Markup:
    return Markup("<strong>{}</strong>").format(_html_value(value))


def _html_weak(value: Any) -> Markup:
    return Markup("<em>{}</em>").format(_html_value(value))


def _html_link(label: Any, url: str | None) -> Markup:
    shown, target = _html_value(label), wording.address(url)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, shown) if target else shown


def _as_json(value: object) -> str | float:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
