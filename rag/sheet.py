"""An answer as a sheet of its own to keep, print or bring along: one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from html import escape
from pathlib import Path

from rag.markup import notice_html, red_flag_html, text_html
from rag.render import numbered, place, to_json, to_markdown
from rag.schema import Answer, Outcome

_STYLE = Path(__file__).parent / "page" / "sheet.css"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def to_html(answer: Answer) -> str:
    """The whole document: question, statements, and every source with its quote, offsets and hash."""
    cited = numbered(answer)
    statements = "".join(
        f"<p>{text_html(one.text)} {''.join(f'<sup>[{cited[citation]}]</sup>' for citation in one.citations)}</p>"
        for one in answer.statements
    )
    sources = "".join(
        f"<li><blockquote>{text_html(one.quote)}</blockquote><p>{text_html(place(one))}</p>"
        f"<p>SHA-256 of the article: <code>{text_html(one.article_sha256)}</code></p></li>"
        for one in cited
    )
    flag = red_flag_html(answer.red_flag) if answer.red_flag else ""
    said = "<h2>Sources</h2><ol>" + sources + "</ol>" if sources else ""
    nothing = "<p>No answer was given.</p>" if answer.outcome is Outcome.ABSTAINED else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text_html(answer.question)}</title><style>{_STYLE.read_text('utf-8')}</style></head><body><main>"
        f"<h1>{text_html(answer.question)}</h1>{flag}{notice_html(answer)}{nothing}{statements}{said}"
        f"<footer>Index {escape(answer.index_id)}, settings {escape(answer.settings_digest)}, "
        f"engine {text_html(answer.engine)}. General information; it diagnoses nobody and does not replace care."
        "</footer></main></body></html>\n"
    )


# The forms an answer can be taken along in: name, file suffix, media type, and what makes it.
SHEETS = (
    ("HTML", "html", "text/html", to_html),
    ("Markdown", "md", "text/markdown", to_markdown),
    ("JSON", "json", "application/json", to_json),
)
