"""Files to a published generation: load, split, encode what is new, publish. Reads top to bottom."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from ingest.document import Document
from ingest.duplicates import NearCopy, fingerprint, near_copies
from ingest.load import Found, find_files, read_article
from ingest.publish import publish, writing
from ingest.split import Limits, Split, heading_of, is_quotable, renumbered, split
from rag import VERSION
from rag.encoder import Encoder, Runtime, Vectors, open_encoder
from rag.errors import IndexUnavailable, InputRefused
from rag.index import CORPUS, FORMAT, KEYS, SCHEMA, VECTORS, Index, index_terms, read_keys
from rag.lexical import words
from rag.schema import Article, Json, Passage, Sentence
from rag.settings import Settings

Progress = Callable[[str, int, int], None]
Texts = tuple[str, ...]
"""The texts whose vectors make one row of the index."""

# Raise this when the same files would be cut into other sentences or passages.
SPLITTER = 6
_ENCODE_AT_ONCE = 16
# Of a sentence's vector, so much is the sentence alone; the rest is the sentence in its place.
_ALONE = 0.3


class Status(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FileReport:
    """A file's fate; ``reason`` says why it was skipped, ``article_id`` and ``sha256`` are set if it was taken."""

    path: str
    status: Status
    reason: str = ""
    article_id: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did. ``encoded`` and ``reused`` count rows of vectors made anew and taken over."""

    index_id: str
    generation: str
    files: tuple[FileReport, ...]
    articles: int
    sentences: int
    passages: int
    encoded: int
    reused: int
    near_copies: tuple[NearCopy, ...]

    @property
    def skipped(self) -> tuple[FileReport, ...]:
        """The files that were not taken."""
        return tuple(file for file in self.files if file.status is Status.SKIPPED)

    def to_json(self) -> Json:
        """The report as JSON."""
        return asdict(self)


def ingest(roots: Sequence[Path], settings: Settings, progress: Progress = lambda *_: None) -> Report:
    """Makes the articles at the roots the whole content of the index, and publishes it.

    Raises:
        InputRefused: a root does not exist, or holds no article.
        IndexLocked, StorageFailed: the index cannot be written; it is as it was.
    """
    folder = Path(settings.index)
    with writing(folder):
        loaded, files = _load(list(find_files(roots)), progress)
        if not loaded:
            reasons = "; ".join(f"{file.path}: {file.reason}" for file in files[:3]) or "the folder is empty"
            raise InputRefused(f"no article found in {', '.join(map(str, roots))} ({reasons}); the index is as it was")
        light = open_encoder(settings.encoder, Runtime.LIGHT)
        parts = _split(loaded, light, settings)
        articles = [article for article, _ in loaded]
        rows = _rows(articles, parts)
        known = _known_vectors(folder, light, settings)
        vectors, encoded = _encode(rows, known, light, settings, progress)
        content = {
            CORPUS: _database(articles, parts),
            VECTORS: vectors.astype("<f4").tobytes(),
            KEYS: b"".join(_key(row) for row in rows),
        }
        index = publish(folder, content, _facts(files, parts, light, vectors, settings))
    counts = index.manifest["counts"]
    copies = near_copies({article.id: article.text for article in articles})
    return Report(
        index.id,
        index.name,
        tuple(files),
        **counts,
        encoded=encoded,
        reused=len(rows) - encoded,
        near_copies=tuple(copies),
    )


def _load(found: list[Found], progress: Progress) -> tuple[list[tuple[Article, Document]], list[FileReport]]:
    loaded: list[tuple[Article, Document]] = []
    files: list[FileReport] = []
    seen: dict[str, str] = {}
    for count, file in enumerate(found, start=1):
        progress("reading", count, len(found))
        taken, report = _taken(file, seen)
        files.append(report)
        if taken is not None:
            loaded.append(taken)
    loaded.sort(key=lambda pair: pair[0].id)
    return loaded, files


def _taken(file: Found, seen: dict[str, str]) -> tuple[tuple[Article, Document] | None, FileReport]:
    """The article in a file unless there is a reason against it; ``seen`` holds ids and fingerprints so far."""
    if file.reason:
        return None, FileReport(file.name, Status.SKIPPED, file.reason)
    try:
        article, document = read_article(file)
    except InputRefused as error:
        return None, FileReport(file.name, Status.SKIPPED, str(error).removeprefix(f"{file.name}: "))
    if not is_quotable(article, document):
        return None, FileReport(file.name, Status.SKIPPED, "nothing in it can be quoted (no whole sentence of prose)")
    if article.id in seen:
        reason = f"article id {article.id!r} is already taken by {seen[article.id]}; rename one"
        return None, FileReport(file.name, Status.SKIPPED, reason)
    print_ = fingerprint(" ".join(article.text[block.start : block.end] for block in document.blocks))
    if print_ in seen:
        return None, FileReport(file.name, Status.SKIPPED, f"the same text as {seen[print_]}")
    seen[article.id] = seen[print_] = file.name
    return (article, document), FileReport(file.name, Status.TAKEN, "", article.id, article.sha256)


def _split(loaded: list[tuple[Article, Document]], encoder: Encoder, settings: Settings) -> list[Split]:
    limits = Limits(min(settings.passage_tokens, encoder.window), settings.passage_overlap)
    parts: list[Split] = []
    sentences = passages = 0
    for article, document in loaded:
        part = renumbered(split(article, document, encoder.lengths, limits), sentences, passages)
        sentences += len(part.sentences)
        passages += len(part.passages)
        parts.append(part)
    return parts


def _rows(articles: list[Article], parts: list[Split]) -> list[Texts]:
    """What is encoded: every passage under its title and section, then every sentence.

    A sentence's vector lies between two: of the sentence alone, and of the sentence under its title, section and
    lead-in. Alone it says most plainly what it says; under them, what it says it of.
    """
    passages: list[Texts] = []
    sentences: list[Texts] = []
    for article, part in zip(articles, parts, strict=True):
        by_id = {sentence.id: sentence for sentence in part.sentences}
        passages += [(_passage_text(article, passage, by_id),) for passage in part.passages]
        sentences += [
            (article.text[sentence.start : sentence.end], _sentence_text(article, sentence, by_id))
            for sentence in part.sentences
        ]
    return passages + sentences


def _passage_text(article: Article, passage: Passage, by_id: dict[int, Sentence]) -> str:
    body = " ".join(article.text[by_id[number].start : by_id[number].end] for number in passage.sentences)
    return f"{heading_of(article.title, passage.section)}\n{body}"


def _sentence_text(article: Article, sentence: Sentence, by_id: dict[int, Sentence]) -> str:
    lead = by_id.get(sentence.lead) if sentence.lead is not None else None
    chain = [article.text[one.start : one.end] for one in (lead, sentence) if one is not None]
    return f"{heading_of(article.title, sentence.section)}\n{' '.join(chain)}"


def _key(texts: Texts) -> bytes:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).digest()


def _known_vectors(folder: Path, encoder: Encoder, settings: Settings) -> dict[bytes, Vectors]:
    """The vectors of the current generation by the hash of their texts, if the same recipe made them."""
    try:
        index = Index.open(folder)
        index.check_encoder(encoder.model)
        keys = read_keys(folder, index)
    except IndexUnavailable:
        return {}
    is_same = _recipe(settings).items() <= index.manifest["encoder"].items()
    return dict(zip(keys, index.all_vectors(), strict=True)) if is_same else {}


def _recipe(settings: Settings) -> dict[str, str | float]:
    """What a vector depends on beside its texts and the model."""
    return {"runtime": settings.ingest_runtime, "alone": _ALONE}


def _encode(
    rows: list[Texts], known: dict[bytes, Vectors], light: Encoder, settings: Settings, progress: Progress
) -> tuple[Vectors, int]:
    """One vector per row, and how many rows were new."""
    keys = [_key(row) for row in rows]
    new = {key: row for key, row in zip(keys, rows, strict=True) if key not in known}
    if new:
        wanted = Runtime(settings.ingest_runtime)
        encoder = light if wanted is Runtime.LIGHT else open_encoder(settings.encoder, wanted)
        pending = list(new.items())
        for start in range(0, len(pending), _ENCODE_AT_ONCE):
            batch = pending[start : start + _ENCODE_AT_ONCE]
            vectors = iter(encoder.encode([text for _, texts in batch for text in texts]))
            known |= {key: _between([next(vectors) for _ in texts]) for key, texts in batch}
            progress("encoding", start + len(batch), len(pending))
    return np.stack([known[key] for key in keys]), len(new)


def _between(vectors: list[Vectors]) -> Vectors:
    """The unit vector between that of a text alone and that of it in its place; a single one as it is."""
    if len(vectors) == 1:
        return vectors[0]
    alone, placed = vectors
    mixed = _ALONE * alone + (1 - _ALONE) * placed
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)


def _database(articles: list[Article], parts: list[Split]) -> bytes:
    database = sqlite3.connect(":memory:")
    database.executescript(SCHEMA)
    counts: Counter[str] = Counter()
    for article, part in zip(articles, parts, strict=True):
        metadata = json.dumps(article.metadata, sort_keys=True)
        row = (article.id, article.title, article.text, article.sha256, article.path, metadata)
        database.execute("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)", row)
        by_id = {sentence.id: article.text[sentence.start : sentence.end] for sentence in part.sentences}
        counts.update(word for text in (article.title, *by_id.values()) for word in words(text))
        for sentence in part.sentences:
            database.execute("INSERT INTO sentence VALUES (?, ?, ?, ?, ?, ?, ?)", _row(sentence))
        for passage in part.passages:
            values = (*_row(passage)[:5], passage.sentences[0], passage.sentences[-1])
            database.execute("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            body = " ".join(by_id[number] for number in passage.sentences)
            columns = index_terms(article.title, passage.section, body)
            database.execute(
                "INSERT INTO passage_terms (rowid, title, section, body) VALUES (?, ?, ?, ?)", (passage.id, *columns)
            )
    database.executemany("INSERT INTO word VALUES (?, ?)", sorted(counts.items()))
    database.commit()
    database.execute("INSERT INTO passage_terms (passage_terms) VALUES ('optimize')")
    database.commit()
    database.execute("VACUUM")
    return database.serialize()


def _row(item: Sentence | Passage) -> tuple[Any, ...]:
    return tuple(getattr(item, name) for name in item.__slots__)


def _facts(
    files: list[FileReport], parts: list[Split], encoder: Encoder, vectors: Vectors, settings: Settings
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "product": VERSION,
        "splitter": {"version": SPLITTER, "tokens": settings.passage_tokens, "overlap": settings.passage_overlap},
        "encoder": {
            "model": encoder.model.name,
            "digest": encoder.model.digest,
            "dimension": vectors.shape[1],
            **_recipe(settings),
        },
        "articles": [asdict(file) for file in files],
        "counts": {
            "articles": len(parts),
            "sentences": sum(len(part.sentences) for part in parts),
            "passages": sum(len(part.passages) for part in parts),
        },
    }
