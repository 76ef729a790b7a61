"""Blocks to quotable sentences, sentences to passages. Offsets are the article's, from first to last.

Decides what may ever be quoted: prose and list items, never headings, questions, furniture, calls to act, or an article
talking about itself. A passage holds consecutive sentences of one section, so that its title and section describe it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.document import Block, Document, Kind
from rag.schema import Article, Passage, Sentence
from rag.text import sentence_spans

SECTION_SEPARATOR = " > "

# Sections whose whole content is apparatus, whatever its form.
APPARATUS = re.compile(
    r"(?:references?|sources?|bibliography|further reading|related (?:articles?|posts?|reading|topics)|see also|"
    r"more posts|about the authors?|author|disclaimer|disclosures?|acknowledge?ments?|share this|comments?|"
    r"external links|footnotes?|notes)\W*$",
    re.IGNORECASE,
)

A_CALL = "a call to act"
# Sentences that sell, navigate or talk about the page. Each pattern names its reason.
NEVER_EVIDENCE = {
    A_CALL: re.compile(
        r"\b(?:click (?:here|below|on)|(?:call|contact|email|text|visit|reach) us\b|book (?:your|an?|now)\b|sign up|"
        r"subscribe|download (?:our|your|the|this)|(?:let|allow) us (?:help|show)|schedule (?:your|an?) |"
        r"free (?:guide|consultation|call)|share this|follow us|read more|learn more (?:about us|here|at)|shop now|"
        r"add to (?:cart|basket)|cookies?\b.*\bsite)",
        re.IGNORECASE,
    ),
    "a telephone number or an address on the web": re.compile(
        r"\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|https?://|www\.|\S+@\S+\.\w"
    ),
    "the article about itself": re.compile(
        r"\b(?:in )?this (?:article|blog|post|page|guide|answer|video|leaflet|chapter|overview)\b|"
        r"\bin the next (?:section|part)\b|\bI will (?:discuss|explain|cover)\b|"
        r"\bwe(?:'|’)?(?: wi)?ll (?:walk|look|discuss|explore|cover|explain)\b|"
        r"\byou(?:'|’)re not alone\b|\bas we look at\b|\bmentioned (?:above|below)\b",
        re.IGNORECASE,
    ),
    "a question": re.compile(r"\?[\"'”’)\]]*$"),
    "a legal line": re.compile(r"^\W*(?:copyright|all rights reserved|©)", re.IGNORECASE),
}
# Yet "Call us the same day if the wound leaks" and "Book a GP appointment for pain that…" are what a patient must know:
# whom to turn to, or how soon, and for what; without a word of what is for sale.
ADVICE = re.compile(
    r"(?!.*\b(?:our|free|today|consultations?|offers?|want|would like|wish|ready|relief|looking)\b)"
    r"(?=.*\b(?:if|when|for|unless)\b)"
    r"(?=.*\b(?:your|a|the) (?:gp|doctor|surgeon|nurse|midwife|pharmacist|physio\w*|clinician)\b|"
    r".*\b(?:999|911|112|111|a&e|emergency|same[- ]day|straight away|right away|immediately|at once|"
    r"urgently|without delay|this week|(?:routine|urgent) (?:visit|appointment)|(?:visit|review|appointment) if|"
    r"no better|not (?:better|eased|improved)|(?:gets?|getting|is|are) worse|comes? back|fever|infection|"
    r"numb\w*|weak\w*|"
    r"within (?:\d+|an?|a few|two|three|24|48) (?:hours?|days?|weeks?))\b)",
    re.IGNORECASE | re.DOTALL,
)

Lengths = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Split:
    """An article's sentences and passages, ids counted from 0 within the article."""

    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a passage may be, in word pieces of the encoder, and how many sentences two neighbours share."""

    tokens: int
    overlap: int


def split(article: Article, document: Document, lengths: Lengths, limits: Limits) -> Split:
    """The quotable sentences of an article and the passages they make."""
    sentences = tuple(_sentences(article, document))
    return Split(sentences, tuple(_passages(article, sentences, lengths, limits)))


def is_quotable(article: Article, document: Document) -> bool:
    """Whether an article holds a single sentence that could be quoted."""
    return next(_sentences(article, document), None) is not None


def heading_of(title: str, section: str) -> str:
    """What stands above a passage: its article's title and its section."""
    return f"{title}{SECTION_SEPARATOR}{section}" if section else title


def is_evidence(sentence: str, listed: bool = False) -> bool:
    """Whether a sentence could ever prove an answer; ``listed`` below a lead-in ("You may have:"), one word can."""
    if len(re.findall(r"\w+", sentence)) < (1 if listed else 2):
        return False
    reasons = [reason for reason, pattern in NEVER_EVIDENCE.items() if pattern.search(sentence)]
    return not reasons or (reasons == [A_CALL] and ADVICE.match(sentence) is not None)


def _sentences(article: Article, document: Document) -> Iterator[Sentence]:
    lead: int | None = None
    leads_in = False
    open_section: str | None = None
    count = 0
    for number, (block, section) in enumerate(_sectioned(article, document)):
        if block.kind is not Kind.ITEM or section != open_section:
            lead, leads_in, open_section = None, False, section
        for start, end in sentence_spans(article.text[block.start : block.end]):
            start, end = start + block.start, end + block.start
            text = article.text[start:end]
            if not is_evidence(text, listed=block.kind is Kind.ITEM and leads_in):
                continue
            yield Sentence(count, article.id, section, start, end, number, lead if block.kind is Kind.ITEM else None)
            if block.kind is Kind.PARAGRAPH:
                lead, leads_in = count, text.endswith(":")
            count += 1


def _sectioned(article: Article, document: Document) -> Iterator[tuple[Block, str]]:
    """The blocks of prose, each with the path of headings above it; the title itself is no section."""
    path: list[tuple[int, str]] = []
    in_apparatus = False
    for block in document.blocks:
        text = article.text[block.start : block.end]
        if block.kind is Kind.HEADING:
            path = [(depth, name) for depth, name in path if depth < block.depth]
            if text != article.title:
                path.append((block.depth, _unnumbered(text)))
            in_apparatus = any(APPARATUS.match(name) for _, name in path)
        elif block.kind is not Kind.FURNITURE and not in_apparatus:
            yield block, SECTION_SEPARATOR.join(name for _, name in path)


def _unnumbered(heading: str) -> str:
    return re.sub(r"^\d{1,2}[.)]\s+", "", " ".join(heading.split()))


def _passages(article: Article, sentences: tuple[Sentence, ...], lengths: Lengths, limits: Limits) -> Iterator[Passage]:
    count = 0
    for section in _runs(sentences):
        texts = [article.text[sentence.start : sentence.end] for sentence in section]
        room = limits.tokens - lengths([heading_of(article.title, section[0].section)])[0]
        for chosen in _windows(lengths(texts), room, limits.overlap):
            held = section[chosen]
            yield Passage(
                count, article.id, held[0].section, held[0].start, held[-1].end, tuple(sentence.id for sentence in held)
            )
            count += 1


def _runs(sentences: tuple[Sentence, ...]) -> Iterator[tuple[Sentence, ...]]:
    """The sentences, section by section."""
    start = 0
    for end in range(1, len(sentences) + 1):
        if end == len(sentences) or sentences[end].section != sentences[start].section:
            yield sentences[start:end]
            start = end


def _windows(sizes: list[int], room: int, overlap: int) -> Iterator[slice]:
    """Slices of consecutive sentences that fit into ``room``; one too long for it stands alone."""
    start = 0
    while start < len(sizes):
        end, used = start + 1, sizes[start]
        while end < len(sizes) and used + sizes[end] <= room:
            used += sizes[end]
            end += 1
        yield slice(start, end)
        if end == len(sizes):
            return
        start = max(end - overlap, start + 1)


def renumbered(part: Split, sentences: int, passages: int) -> Split:
    """The same split with ids that go on from the counts so far: an id is a rank in the whole index."""
    moved = tuple(
        replace(sentence, id=sentence.id + sentences, lead=None if sentence.lead is None else sentence.lead + sentences)
        for sentence in part.sentences
    )
    shifted = tuple(
        replace(passage, id=passage.id + passages, sentences=tuple(number + sentences for number in passage.sentences))
        for passage in part.passages
    )
    return Split(moved, shifted)
