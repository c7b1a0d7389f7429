"""Documents: worth reading when all is well, inert when somebody wants them to act."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.blameless import Hint, Rule
from bot.domain.people import Profile
from bot.domain.plain import clean, readable
from bot.domain.postmortem import (
    Draft,
    Gap,
    GapKind,
    Obligation,
    PostmortemRecord,
    SectionKey,
    TaxonomyCode,
    ToldLine,
    assemble,
)
from bot.domain.timeline import EntryKind
from playbooks import rendering
from playbooks.markdown import code, inline, quote
from playbooks.rendering import TemplateProblem, render_html, render_json, render_markdown
from tests.domain.postmortem_sample import COMPILED, RECORD, TENURES

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Lists and line breaks may follow what people typed; nothing else may.
SHAPE = (
    "table_open",
    "tr_open",
    "th_open",
    "td_open",
    "heading_open",
    "blockquote_open",
    "link_open",
    "code_inline",
    "strong_open",
    "em_open",
)

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><a href="javascript:alert(1)">x</a>',
    "'-alert(1)-'",
    "<!-- --><style>*{display:none}</style>",
    "</title></head><body onload=x>",
    "![pixel](https://evil.example/p.png)",
    "[click](https://evil.example)",
    "[click][ref]",
    "[ref]: https://evil.example",
    "<https://evil.example|label>",
    "https://evil.example/a_b_c?d=e&f=g#h www.evil.example",
    "<javascript:alert(1)>",
    "| a | b |",
    "a | b\n---|---",
    "# heading",
    "heading\n===",
    "heading\n---",
    "***",
    "> quote",
    "- [x] item",
    "1. item\n   nested",
    "    indented code",
    "```\nfence",
    "`code` ``x``",
    "**bold** __bold__ *em* _em_ ~~gone~~ ~gone~",
    "a\\",
    "\\",
    "\\<b>",
    "a\\|b",
    "&lt;b&gt; &amp;lt; &copy; &#60;b&#62;",
    "<!channel> @channel @here <@U1> <!subteam^S1|@all>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} ${x}",
    "$x^2$ $$y$$",
    "term\n: definition",
    "שלום *עולם* | x",
    "\u202egnp.exe\u202c \u2066x",
    "\x00\x1b[31m\u2028# x\x85# y\x0b# z\r# w",
    ":-: ::: :smile:",
    "+ a",
    "ends with #",
    "ends with ## ",
    "=",
    "-",
    "",
    "  ",
)
CHARACTERS = st.sampled_from(list("<>&[]()!*_`#|~\\-+=:.1\n \t\"'@/{}%$^ab\u202e\u05d0\u0000"))
HOSTILE = st.one_of(
    st.sampled_from(PAYLOADS),
    st.lists(st.sampled_from(PAYLOADS), min_size=1, max_size=3).map("\n".join),
    st.lists(CHARACTERS, max_size=24).map("".join),
    st.text(max_size=30),
)


class Page(HTMLParser):
    """What a browser would find in a page: its tags with the names of their attributes, and its addresses."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.addresses: Counter[str | None] = Counter()
        self.other: list[str] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag, tuple(name for name, _ in attrs)] += 1
        self.addresses.update(value for name, value in attrs if name in ("href", "src"))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)


def salted(text: str) -> PostmortemRecord:
    """The sample with ``text`` in every place where a person or a model can put some."""
    incident = replace(
        RECORD.incident,
        title=text,
        what_happened=text,
        system=text,
        type_name=text or None,
        contained_how=text,
        resolved_how=text,
        closed_note=text,
        channel_name=text,
        declared_by="person:U01RAE",
    )
    return replace(
        RECORD,
        incident=incident,
        names={user_id: Profile(user_id, text, text) for user_id in RECORD.names},
        ai=replace(RECORD.ai, failure_mode=text, model=text, settings=text),
        severities=tuple(replace(change, reason=text) for change in RECORD.severities),
        phases=tuple(replace(change, reason=text) for change in RECORD.phases),
        entries=tuple(replace(entry, text=text) for entry in RECORD.entries),
        messages=tuple(replace(message, text=text) for message in RECORD.messages),
        tasks=tuple(replace(task, text=text) for task in RECORD.tasks),
        updates=tuple(replace(update, text=text) for update in RECORD.updates),
        steps=tuple(replace(step, asked=text, why=text) for step in RECORD.steps),
        exhibits=tuple(replace(exhibit, title=text) for exhibit in RECORD.exhibits),
        obligations=(Obligation(name=text, applies=True, reason=text, reference=text, due_at=COMPILED),),
        told=(
            ToldLine(
                number=1,
                title=text,
                by="person:U01RAE",
                at=COMPILED,
                sent_at=COMPILED,
                place=text,
                told=text,
                approved=("U01RAE",),
                sha256="0" * 64,
                text=text,
            ),
            ToldLine(number=2, title=text, by="person:U01RAE", at=COMPILED, reason=text),
        ),
        written=tuple(replace(written, text=text) for written in RECORD.written if written.key != SectionKey.IMPACT),
        actions=tuple(replace(action, text=text) for action in RECORD.actions),
        taxonomy=(TaxonomyCode(text, text, text),),
        gaps=(Gap(GapKind.FILE, text, text),),
    )


def tokens(markdown: str) -> Iterator[Token]:
    """Every token of a document, those within lines included."""
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def active(markdown: str) -> set[str]:
    """What in a document is not the shape of our template: kinds of tokens that no plain text can make."""
    made = {"html_block", "html_inline", "image", "code_block", "fence", "s_open", "hr", "lheading_open"}
    return {token.type for token in tokens(markdown)} & made


def addresses(markdown: str) -> set[str]:
    """Where the document's links lead."""
    return {str(token.attrs["href"]) for token in tokens(markdown) if token.type == "link_open"}


def headings(markdown: str) -> list[tuple[str, str]]:
    """The document's headings with their level, as a reader sees them."""
    flow = PARSER.parse(markdown)
    return [
        (token.tag, "".join(child.content for child in flow[place + 1].children or ()))
        for place, token in enumerate(flow)
        if token.type == "heading_open"
    ]


def shape(markdown: str) -> dict[str, int]:
    """How many tokens of each kind of ``SHAPE`` the document has."""
    found = Counter(token.type for token in tokens(markdown))
    return {kind: found[kind] for kind in SHAPE}


def seen(text: str) -> str:
    """What a reader sees of a text on one line, without the marks that keep it apart."""
    return " ".join(re.sub("[\u2060\u2068\u2069]", "", clean(text)).split())


SAMPLE = assemble(RECORD, COMPILED)
PLAIN_ADDRESSES = addresses(render_markdown(SAMPLE))


def compiled(text: str) -> Draft:
    """The salted sample, compiled, with a hint that quotes the text."""
    return replace(assemble(salted(text), COMPILED), hints=(Hint("root_cause", Rule.NAME, text, "technical"),))


PLAIN_PAGE = Page(render_html(compiled("plain words")))


@cache
def plain(*, is_empty: bool) -> tuple[dict[str, int], Page]:
    """What the salted sample is compared with: the shape and the page of the same with harmless words, or with none."""
    draft = compiled("" if is_empty else "plain words")
    return shape(render_markdown(draft)), Page(render_html(draft))


def like(text: str) -> tuple[dict[str, int], Page]:
    """The shape and the page of the harmless twin of a salted draft."""
    return plain(is_empty=not readable(text, {}).strip())


def check_shape(text: str, document: str) -> None:
    """The document has the parts of its harmless twin, and its title reads as it was typed."""
    expected, _ = like(text)
    assert shape(document) == expected
    (_, title), *_ = headings(document)
    assert seen(title) == seen(f"AI-0001 · {readable(text, {})}")


@settings(max_examples=20, deadline=None)
@given(HOSTILE)
def test_markdown_is_inert(text: str) -> None:
    """Whatever is typed, a CommonMark parser finds no HTML, image, code, heading or link that is not the template's."""
    document = render_markdown(compiled(text))
    assert active(document) == set()
    assert addresses(document) <= PLAIN_ADDRESSES
    assert not any(marker in document for marker in ("<script", "<img", "<a ", "<!--"))


@settings(max_examples=15, deadline=None)
@given(HOSTILE)
def test_markdown_keeps_its_shape(text: str) -> None:
    """Whatever is typed, the tables, rows and headings are those of the template, and the title reads as it was typed."""
    check_shape(text, render_markdown(compiled(text)))


@settings(max_examples=20, deadline=None)
@given(HOSTILE)
def test_page_is_inert(text: str) -> None:
    """Whatever is typed, a parser finds the same tags, attributes and addresses as with plain words."""
    page = Page(render_html(compiled(text)))
    _, words = like(text)
    assert page.tags == words.tags
    assert page.addresses == words.addresses
    assert page.other == ["doctype html"]
    assert seen(readable(text, {})) in seen("".join(page.text))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_known_trick_is_inert(payload: str) -> None:
    """The list of tricks is tried one by one, not left to chance."""
    document = render_markdown(compiled(payload))
    assert active(document) == set()
    assert addresses(document) <= PLAIN_ADDRESSES
    check_shape(payload, document)
    assert Page(render_html(compiled(payload))).addresses == PLAIN_PAGE.addresses


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ("snake_case and 3 + 4 - 5 (99 % off!)", "snake_case and 3 + 4 - 5 (99 % off!)"),
        ("AT&T &copy; &#38;", "AT&T &amp;copy; &amp;#38;"),
        ("1. one", "1\\. one"),
        ("1.5 h", "1.5 h"),
        ("- one", "\\- one"),
        ("-5 degrees", "-5 degrees"),
        ("# one #", "\\# one \\#"),
        ("C# and F#", "C# and F#"),
        ("_x_ a_b _", "\\_x\\_ a_b \\_"),
        ("two\n  lines", "two lines"),
    ],
)
def test_only_what_would_act_is_escaped(typed: str, source: str) -> None:
    """People read the source too: what does nothing is left as it was typed."""
    assert inline(typed) == source


def test_quotation_makes_no_lists() -> None:
    """What was reported is quoted line by line; nothing in it becomes a list, a heading or a table."""
    quoted = quote("1. one\n- two\n+ three\n# four\n---\na | b\n--- | ---\n    five")
    assert {token.type for token in PARSER.parse(quoted)} == {
        "blockquote_open",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "blockquote_close",
    }


def test_code_span_cannot_be_left() -> None:
    """A hash that is none ends no code span."""
    assert code("ab`<b>|c\n") == "`ab<b>c`"
    assert code("\u05d0`") == ""


def test_bare_links_and_mentions_are_broken() -> None:
    """Readers' own tools turn bare addresses into links and @names into mentions; what people typed gives them no chance."""
    document = render_markdown(
        compiled("see https://evil.example www.evil.example and @everyone or ann@kestrel.example")
    )
    assert "https://evil" not in document
    assert "www.evil" not in document
    assert "@everyone" not in document
    assert "ann@kestrel.example" in document


def test_right_to_left_text_stays_in_its_place() -> None:
    """Right-to-left text is isolated, in both documents."""
    for document in (render_markdown(compiled("שלום")), render_html(compiled("שלום"))):
        assert "\u2068שלום\u2069" in document
        assert document.count("\u2068") == document.count("\u2069")


def test_link_shows_its_real_target() -> None:
    """A Slack link with a lying label is shown with where it leads, and leads nowhere."""
    document = render_markdown(compiled("<https://evil.example/login|bank.example>"))
    assert "bank.example (https\\://evil.example/login)" in document


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "http://[bad",
        "\x00javascript:x",
        "",
    ],
)
def test_only_web_addresses_become_links(address: str) -> None:
    """A permalink that is not an address of the web is left out; the line stays."""
    entries = tuple(replace(entry, permalink=address) for entry in RECORD.entries)
    draft = assemble(replace(RECORD, entries=entries), COMPILED)
    assert "](javascript" not in render_markdown(draft)
    timeline = render_markdown(draft).split("## 4. Timeline")[1].split("### Discussions")[0]
    assert addresses(timeline) == set()
    assert not {a for a in Page(render_html(draft)).addresses if not str(a).startswith("https://")}


def test_address_cannot_leave_its_place() -> None:
    """Brackets, quotes and spaces in an address are encoded, so that it ends where we end it."""
    address = 'https://a.example/x) <script>[y](z) "onload=1|'
    draft = assemble(replace(RECORD, actions=(replace(RECORD.actions[0], link=address),)), COMPILED)
    document = render_markdown(draft)
    assert addresses(document) - PLAIN_ADDRESSES == {
        "https://a.example/x%29%20%3Cscript%3E%5By%5D%28z%29%20%22onload=1%7C"
    }
    assert active(document) == set()


def test_long_text_is_folded() -> None:
    """A report of 40,000 characters opens with its start, says how much more there is, and is whole on the page."""
    long = "word " * 8000
    document = render_markdown(compiled(long))
    assert "more characters in the record" in document
    page = render_html(compiled(long))
    assert "<details" in page


def test_what_people_wrote_is_never_folded() -> None:
    """A written section is shown to its last word, and its lists are lists."""
    text = "- first point\n- second *point*\n\n1. one\n2. two\n\n" + "word " * 3000 + "END"
    written = tuple(replace(section, text=text) for section in RECORD.written)
    draft = assemble(replace(RECORD, written=written), COMPILED)
    document = render_markdown(draft)
    assert document.count("END") == render_html(draft).count("END") == len(written)
    assert "- first point\n- second \\*point\\*\n" in document
    assert "1. one\n2. two\n" in document


def test_empty_sections_say_what_is_wanted() -> None:
    """Where nobody wrote yet, the draft says what belongs there and how to write it; what is known is not asked for."""
    document = render_markdown(SAMPLE)
    detection = document.split("## 6. Detection")[1].split("## 7.")[0]
    assert "_Not written yet._ How it was found" in detection
    assert "`/incident postmortem` → **Write a section**" in detection
    assert "_Not written yet._" not in document.split("## 2. Impact")[1].split("## 3.")[0]


def test_own_section_is_not_lost() -> None:
    """A section under a key that the template does not know has a place of its own."""
    draft = assemble(replace(RECORD, written=(replace(RECORD.written[0], key="customers", text="told"),)), COMPILED)
    for document in (render_markdown(draft), render_html(draft)):
        assert "customers" in document
        assert "told" in document


def test_headings_are_the_promised_sections() -> None:
    """The sixteen sections stand in their order."""
    numbered = [text for tag, text in headings(render_markdown(SAMPLE)) if tag == "h2" and text[0].isdigit()]
    assert [int(text.partition(".")[0]) for text in numbered] == list(range(1, 17))
    assert [text.partition(". ")[2] for text in numbered] == [
        "Summary",
        "Impact",
        "Facts",
        "Timeline",
        "What the AI did",
        "Detection",
        "Causes",
        "Response",
        "Containment and resolution",
        "Notifications",
        "Evidence",
        "Action items",
        "Playbook changes",
        "Risk register and impact assessment",
        "Taxonomy",
        "Review and sign-off",
    ]


def test_summary_is_three_sentences() -> None:
    """Who declared what and where, how bad and contained when, what is left: in plain words."""
    summary = render_markdown(SAMPLE).split("## 1. Summary\n\n")[1].split("\n")[0]
    assert summary == (
        "On 20 November 2026 at 09:18 UTC, Rae Okafor declared an incident in **Shop discount assistant**: "
        "prompt injection, jailbreak, evasion. It was rated SEV1 critical, and harm was contained at 10:03 UTC, "
        "45 min after the declaration. The cause was declared fixed at 16:45 UTC; 1 of 3 action items is done, "
        "and 6 questions are still open."
    )


def test_it_ends_with_how_complete_it_is() -> None:
    """The last lines say what the record holds and what could not be fetched."""
    assert render_markdown(SAMPLE).endswith(
        "9 messages, 2 of 2 threads, 1 edit and 1 deletion kept, 1 message redacted, 1 file could not be fetched.\n\n"
        "- File orders-screenshot.png: the file was deleted before it could be read\n"
    )


def test_marks_of_drill_and_private() -> None:
    """A drill says so in its title, a private incident on its first page."""
    incident = replace(RECORD.incident, is_drill=True, is_private=True)
    draft = assemble(replace(RECORD, incident=incident), COMPILED)
    document = render_markdown(draft)
    assert document.startswith("# [DRILL] AI-0001 · ")
    assert "**Private incident.**" in document
    assert "Private incident." in render_html(draft)
    assert "[DRILL] AI-0001" in render_html(draft)


def test_bare_declaration_renders() -> None:
    """A draft asked for in the first minute is short, honest and whole."""
    incident = replace(
        RECORD.incident,
        system=None,
        type_name=None,
        secondary_types=(),
        contained_at=None,
        contained_by=None,
        contained_how=None,
        resolved_at=None,
        resolved_by=None,
        resolved_how=None,
        closed_at=None,
        closed_note=None,
        outcome=None,
        report_permalink=None,
    )
    draft = assemble(PostmortemRecord(incident=incident), COMPILED)
    document = render_markdown(draft)
    assert "**nobody has declared the harm contained**" in document
    assert "no action item has been recorded" in document
    assert "an AI system that nobody has named yet" in document
    assert "0 messages, 0 of 0 threads" in document
    assert render_html(draft).rstrip().endswith("</html>")


def test_json_is_data() -> None:
    """The JSON holds the same draft: instants in UTC, seconds, and null for what nobody knows."""
    document = json.loads(render_json(SAMPLE))
    assert document["schema"] == "andon.postmortem/1"
    assert document["incident"]["declared_at"] == "2026-11-20T09:18:00Z"
    measures = {measure["key"]: measure["span"] for measure in document["measures"]}
    assert measures["contain_declared"] == {"certainty": "known", "low": 2700.0, "high": 2700.0}
    assert document["ai"]["first_bad_version"] is None
    assert document["written"]["impact"][0]["author"] == "Fay Moreau"


def test_redacted_text_is_in_no_document() -> None:
    """The card number pasted by mistake is in none of the three documents; its hash and who removed it are."""
    for document in (render_markdown(SAMPLE), render_html(SAMPLE), render_json(SAMPLE)):
        assert "4111" not in document
        assert "card number" not in document
        assert "6a7e0e79b018d08c" in document
        assert "Grace Lindqvist" in document


def test_organisation_overrides_one_template(tmp_path: Path) -> None:
    """A file in the organisation's directory wins over ours, and the words it imports still come from ours."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "postmortem.md").write_text(
        '{% import "words.j2" as words %}\nOurs: {{ draft.incident.title }} {{ words.kind(draft.incident) }}'
    )
    draft = assemble(replace(RECORD, incident=replace(RECORD.incident, title="<b>*x*</b>")), COMPILED)
    assert render_markdown(draft, tmp_path) == "Ours: &lt;b&gt;\\*x\\*&lt;/b&gt; Prompt injection, jailbreak, evasion\n"
    assert "<h1>" in render_html(draft, tmp_path)
    assert "## 16. Review and sign-off" in render_markdown(draft, tmp_path / "empty")


def test_broken_template_names_its_line(tmp_path: Path) -> None:
    """A template that cannot be used is refused with file, line and reason."""
    folder = tmp_path / "templates"
    folder.mkdir()
    broken = {
        "one\n{% if %}": "templates/postmortem.md, line 2: ",
        "one\ntwo\n{{ draft.no_such_thing }}": "templates/postmortem.md, line 3: ",
        "{{ none|instant }}": "templates/postmortem.md, line 1: ",
        '{% import "nowhere.j2" as x %}': "nowhere.j2",
    }
    for source, said in broken.items():
        (folder / "postmortem.md").write_text(source)
        with pytest.raises(TemplateProblem, match=re.escape(said)):
            render_markdown(SAMPLE, tmp_path)


@pytest.mark.parametrize(
    "source",
    ["{{ draft.__class__.__mro__ }}", "{{ ''.__class__ }}", "{{ draft.written.clear() }}", "{{ count.__globals__ }}"],
)
def test_template_runs_in_a_sandbox(tmp_path: Path, source: str) -> None:
    """A template reaches the draft and nothing behind it, and changes nothing."""
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "postmortem.md").write_text(source)
    with pytest.raises(TemplateProblem):
        render_markdown(SAMPLE, tmp_path)


def test_tables_line_up_in_the_source() -> None:
    """Narrow tables are padded: people read the source in Slack."""
    rows = render_markdown(replace(SAMPLE, tenures=TENURES)).split("### Who held which role\n\n")[1].split("\n\n")[0]
    assert len({len(row) for row in rows.split("\n")}) == 1


def test_every_kind_of_line_has_its_word() -> None:
    """No line of the timeline is introduced by a name out of the code."""
    words = rendering._markdown_environment(None).get_template("words.j2").module
    assert {kind.value for kind in EntryKind} == set(words.ENTRY)  # type: ignore[attr-defined]
