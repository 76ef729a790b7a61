"""What the page draws: marks at exact places, words as words, and no link but our own."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from rag.guard import Guard
from rag.highlight import Mark, article_html
from rag.markup import (
    abstained_html,
    answer_html,
    notice_html,
    phones_html,
    red_flag_html,
    sources_html,
    whole_article_html,
)
from rag.pipeline import Pipeline
from rag.render import visible
from rag.schema import Answer, Article, Citation, Level, Outcome, RedFlag, RuleSource, Statement
from rag.sheet import to_html
from rag.text import sha256

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> ![x](https://evil.example/x.png) "
    "[here](javascript:alert(1)) \"quoted\" 'single' \u202eevil\u202c &lt;b&gt;"
)


class Elements(HTMLParser):
    """Every element with its attributes, and all text, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "mark":
            self.marked.append("")
            self._in_mark = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._in_mark = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_mark:
            self.marked[-1] += data


def article(text: str, path: str = "a.md", title: str = "Title", **metadata: object) -> Article:
    return Article("a", title, text, sha256(text), path, metadata)


def answered(source: Article, *quotes: str) -> Answer:
    statements = []
    for quote in quotes:
        start = source.text.index(quote)
        citation = Citation(source.id, source.title, "", start, start + len(quote), quote, source.sha256)
        statements.append(Statement(" ".join(quote.split()), (citation,)))
    return Answer(
        question=HOSTILE,
        outcome=Outcome.ANSWERED,
        statements=tuple(statements),
        red_flag=None,
        notice=None,
        confidence=1.0,
        nearest=(),
        retrieved=(),
        index_id="i",
        settings_digest="s",
        engine="e",
    )


@pytest.mark.parametrize(
    ("text", "quote", "tag"),
    [
        ("# Title\n\nOne. Two is here. Three.\n", "Two is here.", "p"),
        ("# Title\n\n## Head\n\n- One.\n- Two is here.\n", "Two is here.", "li"),
        ("# Title\n\nOne line\nTwo is\nhere. Three.\n", "Two is\nhere.", "p"),
        ("---\ntitle: x\n---\n\n# Title\n\nTwo is here.\n", "Two is here.", "p"),
        ("# Title\n\nA < B & C. Two is <b>here</b>. End.\n", "Two is <b>here</b>.", "p"),
        ("# Title\n\nÄé😀 wide. Two 😀 is here.\n", "Two 😀 is here.", "p"),
        ("# Title\n\n+ One.\n+ Two is here.\n", "Two is here.", "li"),
        ("---\ntitle: x\n--- \n\nTwo is here.\n\n---\n\nEnd.\n", "Two is here.", "p"),
    ],
)
def test_a_mark_covers_the_quote_and_nothing_else(text: str, quote: str, tag: str) -> None:
    for path in ("a.md", "A.MD"):
        assert_marked(article(text, path), quote, tag)


@pytest.mark.parametrize(
    ("text", "quote", "tag"),
    [
        ("Title\n\n• Two is here.\n", "Two is here.", "li"),
        ("Title\n\n+ Two is here.\n", "+ Two is here.", "p"),
        ("---\nTwo is here.\n...\nEnd.\n", "Two is here.", "p"),
    ],
)
def test_a_mark_in_plain_text_covers_the_quote_too(text: str, quote: str, tag: str) -> None:
    assert_marked(article(text, "a.txt"), quote, tag)


def assert_marked(source: Article, quote: str, tag: str) -> None:
    start = source.text.index(quote)

    html = article_html(source, [Mark(1, start, start + len(quote), "c1", "s1")])

    assert Elements(html).marked == [quote]
    assert html.count('id="c1"') == 1
    assert re.search(rf"<{tag}>[^§]*<mark", html)


def test_in_plain_text_only_a_line_before_an_empty_one_is_a_heading() -> None:
    text = "What helps\n\nWalking eases the pain of\nsciatica more than rest\never does.\n"

    assert [tag for tag, _ in Elements(article_html(article(text, "a.txt"))).found] == ["h3", "p", "p", "p"]


def test_marks_that_touch_or_overlap_stay_apart_and_in_order() -> None:
    text = "Alpha beta gamma delta."
    marks = [Mark(2, 6, 16, "c2", "s2"), Mark(1, 0, 10, "c1", "s1"), Mark(3, 16, 23, "c3", "s3")]

    assert Elements(article_html(article(text, "a.txt"), marks)).marked == ["Alpha beta", " gamma", " delta."]


def test_no_word_of_an_article_is_lost_or_changed() -> None:
    text = '# Title\n\nOne *two* -> three.\n\n## A head\n\n- item (c) "q"\n- item 2\n\n1. first\n\nlast: <=\n'

    seen = Elements(article_html(article(text), [Mark(1, 12, 17, "c", "s")])).text

    assert "".join(seen.split()) == "1".join(
        "".join(part.split()) for part in ("One ", '*two* -> three. A head item (c) "q" item 2 first last: <=')
    )


def test_far_paragraphs_are_folded_and_the_heading_above_is_kept() -> None:
    parts = ["# Title", *(f"Filler {n}." for n in range(10)), "## Near", "Before.", "Between.", "Here it is.", "After."]
    text = "\n\n".join(parts)
    start = text.index("Here it is.")

    html = article_html(article(text), [Mark(1, start, start + 11, "c", "s")], fold=True)

    assert "<summary>10 more paragraphs</summary>" in html
    open_part = re.sub(r"<details.*?</details>", "", html)
    assert [word in open_part for word in ("Near", "Between.", "Here it is.", "After.", "Before.", "Filler")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call 999 or go to A&E now.", ["999"]),
        ("call NHS 111, use 111.nhs.uk, or ask your GP", ["111"]),
        ("Samaritans on 116 123, or NHS 111", ["116123", "111"]),
        ("Poison Help, 1-800-222-1222.", ["18002221222"]),
        ("112 or 999 (8am to 10pm, 24 hours, 38.5 °C)", ["112", "999"]),
    ],
)
def test_telephone_numbers_can_be_tapped(text: str, numbers: list[str]) -> None:
    found = Elements(phones_html(text))

    assert [attributes["href"] for tag, attributes in found.found if tag == "a"] == [f"tel:{one}" for one in numbers]
    assert found.text == text


@pytest.mark.parametrize(
    ("notice", "numbers"),
    [
        ("If this is happening now, call 999 or 112.", ["999", "112"]),
        ("Call 999. Read with your earlier question, as “is 400 mg safe in 2019”.", ["999"]),
        ("Read “100mgg” as “100 mg”. The nearest articles are about: “Guideline 2020”.", []),
    ],
)
def test_only_the_guards_numbers_can_be_tapped(notice: str, numbers: list[str]) -> None:
    answer = replace(answered(article("# Title\n\nTwo is here.\n"), "Two is here."), notice=notice)

    links = [attributes["href"] for tag, attributes in Elements(notice_html(answer)).found if tag == "a"]

    assert links == [f"tel:{one}" for one in numbers]


def test_the_guard_uses_no_quotation_mark() -> None:
    guard = Guard.load()
    texts = [*guard.actions.values(), *(text for rule in guard.rules for text in (rule.title, rule.message))]

    assert not [text for text in texts if "“" in text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one\ttwo", "one two"),
        ("hy\u00adphen, می\u200cخواهم, क्\u200dष", "hy\u00adphen, می\u200cخواهم, क्\u200dष"),
        ("\x1b[2J \u202eevil \ud800", "\ufffd[2J \ufffdevil \ufffd"),
    ],
)
def test_what_could_steer_a_terminal_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def every_view_of_hostile_words() -> list[str]:
    source = article(
        f"# x\n\n{HOSTILE} is here.\n",
        title=HOSTILE,
        reviewed=HOSTILE,
        written=HOSTILE,
        references=[{"title": HOSTILE, "url": "javascript:alert(1)"}, {"title": "a", "url": 'https://x"onx='}, HOSTILE],
    )
    answer = answered(source, f"{HOSTILE} is here.")
    flag = RedFlag(HOSTILE, Level.URGENT, HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, RuleSource(HOSTILE, HOSTILE, "javascript:alert(1)", HOSTILE))  # fmt: skip
    return [
        answer_html(answer, 1),
        sources_html(answer, lambda _: source, 1),
        sources_html(answer, lambda _: None, 1),
        abstained_html(answer),
        whole_article_html(source),
        red_flag_html(flag),
        to_html(answer),
    ]


@pytest.mark.parametrize("html", every_view_of_hostile_words(), ids=lambda html: html[:20])
def test_hostile_words_stay_words(html: str) -> None:
    seen = Elements(html)

    assert not {"script", "img", "b", "iframe", "object"} & {tag for tag, _ in seen.found}
    assert not [name for _, attributes in seen.found for name in attributes if name.startswith("on")]
    links = [str(attributes["href"]) for _, attributes in seen.found if "href" in attributes]
    assert [link for link in links if not link.startswith(("#", "https://x", "tel:"))] == []
    assert "\u202e" not in html
    assert "\u202e" not in unescape(html)


def test_an_article_that_changed_since_gets_no_mark() -> None:
    source = article("# Title\n\nTwo is here.\n")
    answer = answered(source, "Two is here.")
    changed = article("# Title\n\nMore. Two is here.\n")

    html = sources_html(answer, lambda _: changed, 1)

    assert "<mark" not in html
    assert "has changed" in html
    assert "Two is here." in html


def test_every_number_leads_to_a_mark_with_the_quote(pipeline: Pipeline) -> None:
    answer = pipeline.answer("What does sciatica feel like?")
    shown = answer_html(answer, 3)
    sources = sources_html(answer, pipeline.index.article, 3)

    targets = re.findall(r'class="cb-cite" href="#([^"]+)"', shown)
    quotes = [one.quote for statement in answer.statements for one in statement.citations]
    marks = {
        name: unescape(words) for name, words in re.findall(r'<mark[^>]* id="([^"]+)"[^>]*>([^<]*)</mark>', sources)
    }
    assert [marks[target] for target in targets] == quotes
    assert set(re.findall(r'class="cb-back" href="#([^"]+)"', sources)) == set(
        re.findall(r'<p class="cb-statement" id="([^"]+)"', shown)
    )


def test_the_sheet_loads_nothing_and_holds_quotes_places_and_hashes(pipeline: Pipeline) -> None:
    answer = pipeline.answer("What does sciatica feel like?")
    html = to_html(answer)
    text = unescape(html)

    assert "default-src 'none'" in html
    assert not re.search(r"<(?:script|link|img|iframe)|url\(|@import", html)
    for citation in (one for statement in answer.statements for one in statement.citations):
        assert citation.quote in text
        assert f"characters {citation.start}-{citation.end}" in text
        assert citation.article_sha256 in text
