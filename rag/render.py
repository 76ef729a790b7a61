"""An answer as text, for every front end: plain, Markdown, and JSON. Styles are the front ends' own affair.

Words of articles and questions are data here: control characters are made visible, and markup is escaped where a format
has any.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.schema import Answer, Citation, Outcome, RedFlag

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:-])")
# A line break, a soft hyphen and the two joiners that some scripts are spelt with steer nothing.
_HARMLESS = "\n\u00ad\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer and what it is: ``statement``, ``source``, ``heading``, ``note``, ``alarm`` or ``text``."""

    role: str
    text: str


def lines(answer: Answer) -> list[Line]:
    """The answer from top to bottom, for a terminal."""
    parts: list[Line] = []
    if answer.red_flag is not None:
        parts += red_flag_lines(answer.red_flag)
    if answer.notice:
        parts += [Line("note", answer.notice), Line("text", "")]
    cited = numbered(answer)
    for statement in answer.statements:
        marks = "".join(f" [{cited[citation]}]" for citation in statement.citations)
        parts.append(Line("statement", statement.text + marks))
    if cited:
        parts += [Line("text", ""), Line("heading", "Sources (each sentence above is quoted word for word)")]
        parts += [Line("source", f"[{number}] {place(citation)}") for citation, number in cited.items()]
    if answer.outcome is Outcome.ABSTAINED and answer.nearest:
        parts.append(Line("heading", "Nearest passages, not an answer"))
        parts += [Line("source", f"“{' '.join(one.quote.split())}” {place(one)}") for one in answer.nearest]
    return [Line(part.role, visible(part.text)) for part in parts]


def numbered(answer: Answer) -> dict[Citation, int]:
    """Every citation once, numbered from 1 in order of first use."""
    used = dict.fromkeys(citation for statement in answer.statements for citation in statement.citations)
    return {citation: number for number, citation in enumerate(used, start=1)}


def place(citation: Citation) -> str:
    """Where a citation stands, for a person: title, section, article id and characters."""
    section = f" > {citation.section}" if citation.section else ""
    return f"{citation.title}{section} ({citation.article_id}, characters {citation.start}-{citation.end})"


def to_text(answer: Answer) -> str:
    """Plain text, a line each."""
    return "\n".join(f"  {line.text}" if line.role in ("statement", "source") else line.text for line in lines(answer))


def to_markdown(answer: Answer) -> str:
    """A sheet to keep or print: question, numbered statements, and sources with their offsets and hashes."""
    cited = numbered(answer)
    parts = [f"# {escaped(answer.question)}", ""]
    if answer.red_flag is not None:
        flagged = red_flag_lines(answer.red_flag)
        parts += [f"**{escaped(line.text)}**" if line.role == "alarm" else escaped(line.text) for line in flagged]
    parts += [escaped(answer.notice), ""] if answer.notice else []
    for statement in answer.statements:
        marks = " ".join(f"\\[{cited[citation]}\\]" for citation in statement.citations)
        parts.append(f"- {escaped(statement.text)} {marks}")
    parts += ["", "## Sources", ""] if cited else []
    for citation, number in cited.items():
        parts += [f"{number}. {escaped(place(citation))}", f"   SHA-256 of the article: `{citation.article_sha256}`"]
    parts += ["", f"Index {answer.index_id}, settings {answer.settings_digest}, engine {escaped(answer.engine)}."]
    return visible("\n".join(parts)) + "\n"


def to_json(value: Answer | Mapping[str, Any]) -> str:
    """One line of JSON."""
    return json.dumps(value.to_json() if isinstance(value, Answer) else value, ensure_ascii=False)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def visible(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters become a mark, tabs become spaces."""
    unsafe = {char for char in set(text) if unicodedata.category(char) in ("Cc", "Cf", "Cs")} - set(_HARMLESS)
    return "".join("\ufffd" if char in unsafe else char for char in text.replace("\t", " "))


def red_flag_lines(flag: RedFlag) -> list[Line]:
    """What a person reads instead of an answer: what was read, what it can mean, what to do now, on whose word."""
    words = ", ".join(f"“{part}”" for part in flag.matched)
    source = f"{flag.source.name}, {flag.source.section} ({flag.source.url}), reviewed {flag.source.reviewed}"
    return [
        Line("alarm", f"{flag.level.upper()}: {flag.title}"),
        Line("text", f"What was read: {words}"),
        Line("text", flag.message),
        Line("alarm", flag.action),
        Line("source", f"Rule {flag.rule_id}; {source}"),
        Line("text", ""),
    ]
