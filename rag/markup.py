"""An answer as HTML for the page: the statements, the sources they stand in, the alarm, the abstention.

Pure functions from values to strings. Every word of a person, an article or a file name is escaped; the only
links are to places in the same page, to telephone numbers of an alarm, and to the https address of its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from rag.highlight import Mark, article_html
from rag.render import numbered, visible
from rag.schema import Answer, Article, Citation, Level, Outcome, RedFlag
from rag.verify import Proof, check

FindArticle = Callable[[str], Article | None]

# What to watch for whatever an article says; shown quietly under every answer.
RETURN_IF = (
    "numbness between the legs or around the back passage",
    "new trouble passing or holding urine or stool",
    "weakness or numbness in both legs, or growing in one",
    "back or hip pain with fever, or feeling very ill",
    "a fall or knock after which you cannot stand or walk",
    "chest pain, fainting, or sudden tearing pain in the back or tummy",
)
_PHONE = re.compile(r"(?<![\w.,/-])\d[\d -]{1,15}\d(?![\d-]|\w|\.\w)")
_AROUND = 120
"""Characters shown on each side of a word that was found."""
_LEVELS = {Level.EMERGENCY: "Stop: this may be an emergency", Level.URGENT: "Stop: get this looked at today"}


def question_html(question: str) -> str:
    """The question as a heading."""
    return f'<h2 class="cb-question">{text_html(question)}</h2>'


def answer_html(answer: Answer, turn: int) -> str:
    """The statements, each with its numbers; a number shows its quote and leads to its place in the sources."""
    cited = numbered(answer)
    statements = "".join(
        f'<p class="cb-statement" id="{_statement_id(turn, number)}" tabindex="-1">{text_html(statement.text)}'
        + "".join(_number_html(citation, cited[citation], turn) for citation in statement.citations)
        + "</p>"
        for number, statement in enumerate(answer.statements, start=1)
    )
    label = "Each sentence is quoted word for word. A number leads to its place in the article."
    return f'<div class="cb-answer">{notice_html(answer)}{statements}<p class="cb-small">{label}</p></div>'


def sources_html(answer: Answer, find: FindArticle, turn: int) -> str:
    """Every article that was cited, opened at the cited places. An article that has changed since gets no marks."""
    cited = numbered(answer)
    articles = dict.fromkeys(citation.article_id for citation in cited)
    parts = [
        _source_html(
            [(one, number) for one, number in cited.items() if one.article_id == article_id], answer, find, turn
        )
        for article_id in articles
    ]
    name = "Source" if len(parts) == 1 else f"Sources ({len(parts)} articles)"
    return f'<section class="cb-sources" aria-label="Sources"><p class="cb-label">{name}</p>{"".join(parts)}</section>'


def abstained_html(answer: Answer) -> str:
    """What is missing, said plainly, and the nearest passages folded away."""
    quotes = "".join(_quote_html(citation) for citation in answer.nearest)
    nearest = (
        f'<details class="cb-fold cb-nearest"><summary>Nearest passages, not an answer</summary>{quotes}</details>'
        if quotes
        else ""
    )
    return f'<div class="cb-abstained" role="note">{notice_html(answer)}{nearest}</div>'


def red_flag_html(flag: RedFlag) -> str:
    """The interruption: what to do first, then what was read, what it can mean, and on whose word."""
    words = ", ".join(f"<q>{text_html(part)}</q>" for part in flag.matched)
    source = text_html(f"{flag.source.name}, {flag.source.section}")
    if flag.source.url.startswith("https://"):
        address = escape(flag.source.url)
        source = f'<a href="{address}" target="_blank" rel="noopener noreferrer">{source}</a>'
    return (
        f'<section class="cb-alarm cb-{flag.level.value}" role="alert">'
        f'<p class="cb-alarm-level">{_LEVELS.get(flag.level, "Please read this first")}</p>'
        f'<h2 class="cb-alarm-title">{text_html(flag.title)}</h2>'
        f'<p class="cb-action">{phones_html(flag.action)}</p>'
        f"<p>{phones_html(flag.message)}</p>"
        f'<p class="cb-read"><strong>What was read:</strong> {words}</p>'
        f'<p class="cb-small">Rule {text_html(flag.rule_id)}. Source: {source}; '
        f"reviewed {text_html(flag.source.reviewed)}.</p></section>"
    )


def history_html(answers: Sequence[Answer]) -> str:
    """Earlier turns, newest first, each folded."""
    folded = "".join(_turn_html(answer) for answer in reversed(answers))
    label = "Earlier in this conversation"
    return f'<section aria-label="{label}"><p class="cb-label">{label}</p>{folded}</section>'


def welcome_html(count: int) -> str:
    """What this page is, before anything is asked."""
    return (
        '<div class="cb-hero"><h1>Ask, and read it in the source</h1><p>Every sentence of an answer is quoted word for '
        f"word from {count} articles and shown in its place. If the articles do not say it, neither does this page."
        "</p></div>"
    )


def return_if_html() -> str:
    """The standing line: when to get help, whatever the articles say."""
    signs = "".join(f"<li>{sign}</li>" for sign in RETURN_IF)
    return (
        '<details class="cb-standing"><summary>When to get medical help at once, whatever you read here</summary>'
        f"<ul>{signs}</ul><p>No list is complete. If you are worried, ask a doctor or nurse.</p></details>"
    )


def notice_html(answer: Answer) -> str:
    """What has to be said before the answer, if anything.

    The guard speaks first. The words of others come after it, in quotation marks: a number there is not to be called.
    """
    if not answer.notice:
        return ""
    ours, mark, theirs = answer.notice.partition("“")
    return f'<p class="cb-notice" role="note">{phones_html(ours)}{text_html(mark + theirs)}</p>'


def phones_html(text: str) -> str:
    """Text in which telephone numbers can be tapped."""
    parts, at = [], 0
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if len(digits) >= 3:
            parts += [text_html(text[at : match.start()]), f'<a href="tel:{digits}">{match[0]}</a>']
            at = match.end()
    return "".join(parts) + text_html(text[at:])


def text_html(text: str) -> str:
    """Text as text: no markup of its own, no control or direction characters."""
    return escape(visible(text))


def _turn_html(answer: Answer) -> str:
    body = "".join(f"<p>{text_html(one.text)}</p>" for one in answer.statements)
    places = "".join(f"<li>{_place_html(citation)}</li>" for citation in numbered(answer))
    said = {Outcome.ABSTAINED: "Not in the articles.", Outcome.RED_FLAG: "Stopped by a warning sign."}
    body += f"<p>{said[answer.outcome]}</p>" if answer.outcome in said else ""
    listed = f'<ul class="cb-small">{places}</ul>' if places else ""
    return f'<details class="cb-fold"><summary>{text_html(answer.question)}</summary>{body}{listed}</details>'


def _statement_id(turn: int, number: int) -> str:
    return f"t{turn}-s{number}"


def _mark_id(turn: int, number: int) -> str:
    return f"t{turn}-c{number}"


def _number_html(citation: Citation, number: int, turn: int) -> str:
    where = f"{citation.title}, {citation.section}" if citation.section else citation.title
    return (
        f' <a class="cb-cite" href="#{_mark_id(turn, number)}" aria-label="Source {number}: {text_html(where)}">'
        f"{number}"
        f'<span class="cb-tip" aria-hidden="true"><q>{text_html(citation.quote)}</q> '
        f"<em>{text_html(where)}</em></span></a>"
    )


def _source_html(cited: list[tuple[Citation, int]], answer: Answer, find: FindArticle, turn: int) -> str:
    first = cited[0][0]
    article = find(first.article_id)
    head = f'<h3 class="cb-title">{text_html(first.title)}</h3>'
    if article is None or any(check(citation, find) is not Proof.HOLDS for citation, _ in cited):
        quotes = "".join(f'<div id="{_mark_id(turn, number)}">{_quote_html(one)}</div>' for one, number in cited)
        changed = "This article has changed since it was quoted. These are the words as they stood; ask again."
        return f'<article class="cb-source">{head}<p class="cb-notice">{changed}</p>{quotes}</article>'
    said = {
        citation: place
        for place, statement in reversed([*enumerate(answer.statements, start=1)])
        for citation in statement.citations
    }
    marks = [
        Mark(number, one.start, one.end, _mark_id(turn, number), _statement_id(turn, said[one]))
        for one, number in cited
    ]
    body = article_html(article, marks, fold=True)
    return f'<article class="cb-source">{head}{reviewed_html(article)}<div class="cb-text">{body}</div></article>'


def reviewed_html(article: Article) -> str:
    """When the article was reviewed, if it says so."""
    reviewed, written = (str(article.metadata.get(key, "")) for key in ("reviewed", "written"))
    parts = [f"Written {written}" if written else "", f"Reviewed: {reviewed}" if reviewed else "", article.id]
    return f'<p class="cb-small">{text_html(" · ".join(part for part in parts if part))}</p>'


def _place_html(citation: Citation) -> str:
    section = f" › {citation.section}" if citation.section else ""
    return text_html(f"{citation.title}{section}")


def _quote_html(citation: Citation) -> str:
    return (
        f'<blockquote class="cb-quote">{text_html(citation.quote)}<footer>{_place_html(citation)}</footer></blockquote>'
    )


def listing_html(article: Article, words: Sequence[str]) -> str:
    """An article in a list: its summary, or the first place that holds a word that was searched for."""
    folded = article.text.casefold()
    at = folded.find(words[0]) if words else -1
    summary = str(article.metadata.get("summary", ""))
    if at >= 0 and len(folded) == len(article.text):
        start, end = max(0, at - _AROUND), at + _AROUND
        found = article.text[at : at + len(words[0])]
        summary = f"…{text_html(article.text[start:at])}<mark class='cb-mark'>{text_html(found)}</mark>"
        return f"<p>{summary}{text_html(article.text[at + len(words[0]) : end])}…</p>{reviewed_html(article)}"
    return f"<p>{text_html(summary)}</p>{reviewed_html(article)}"


def whole_article_html(article: Article) -> str:
    """An article to read: text, when it was reviewed, what it refers to, and its fingerprint."""
    references = "".join(f"<li>{_reference_html(one)}</li>" for one in _references(article))
    listed = f"<h3>References</h3><ol>{references}</ol>" if references else ""
    return (
        f'<article class="cb-whole"><h1>{text_html(article.title)}</h1>{reviewed_html(article)}'
        f'<div class="cb-text">{article_html(article)}</div>{listed}'
        f'<p class="cb-small">SHA-256 of this text: {article.sha256}</p></article>'
    )


def _references(article: Article) -> list[Any]:
    found = article.metadata.get("references", [])
    return found if isinstance(found, list) else [found]


def _reference_html(reference: object) -> str:
    if not isinstance(reference, Mapping):
        return text_html(str(reference))
    name = text_html(". ".join(str(reference[key]) for key in ("title", "publisher") if reference.get(key)))
    url = str(reference.get("url", ""))
    if not url.startswith("https://"):
        return name
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{name}</a>'
