"""An index generation on disk: what its files are, and how a reader opens and proves one.

    .citeback/
      CURRENT        "gen-000042 <sha256 of its manifest>": the only file that ever changes
      writer.lock    held by the one writer; its content is never trusted
      gen-000042/
        manifest.json   format, versions, settings, encoder, every other file's size and hash, every article's fate
        corpus.sqlite   articles, sentences, passages, and BM25 (FTS5) over the passages
        vectors.f32     unit rows, little-endian float32: one per passage, then one per sentence
        vectors.keys    32 bytes per row: the hash of the text that was encoded, so that nothing is encoded twice

A reader hashes the bytes it reads and then parses those same bytes: the database is opened from memory, so nothing is
locked, nothing is written, and a file swapped on disk later changes nothing. Writing is in ``ingest.publish``.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag.encoder import Model, Vectors
from rag.errors import EncoderMismatch, IndexDamaged, IndexMissing, StorageFailed
from rag.lexical import stem, terms
from rag.schema import Article, Json, Passage, Sentence
from rag.store import FaissStore, VectorStore
from rag.text import sha256

FORMAT = 1
CURRENT, MANIFEST, CORPUS, VECTORS, KEYS = "CURRENT", "manifest.json", "corpus.sqlite", "vectors.f32", "vectors.keys"
KEY_BYTES = 32
_POINTER = re.compile(rb"(gen-\d{6}) ([0-9a-f]{64})\n")
# No passage holds more sentences than the encoder's window has word pieces.
_LONGEST_PASSAGE = 512
# How often a reader starts again when a new generation is published between its reading CURRENT and the files.
_ATTEMPTS = 5

SCHEMA = """
    CREATE TABLE article (id TEXT PRIMARY KEY, title TEXT, text TEXT, sha256 TEXT, path TEXT, metadata TEXT);
    CREATE TABLE sentence
        (id INTEGER PRIMARY KEY, article_id TEXT, section TEXT, start INT, end INT, block INT, lead INT);
    CREATE TABLE passage
        (id INTEGER PRIMARY KEY, article_id TEXT, section TEXT, start INT, end INT, first INT, last INT);
    CREATE INDEX passage_by_sentence ON passage (first, last);
    CREATE TABLE word (word TEXT PRIMARY KEY, count INT) WITHOUT ROWID;
    CREATE VIRTUAL TABLE passage_terms USING fts5(title, section, body, content='', tokenize='unicode61');
    CREATE VIRTUAL TABLE term USING fts5vocab(passage_terms, row);
"""
# One JSON list instead of a variable for each id: SQLite takes only so many.
_LISTED = "(SELECT value FROM json_each(?))"
_SELECT_ARTICLE = "SELECT id, title, text, sha256, path, metadata FROM article"
# A word of the body weighs more than one of the headings, which every passage of a section shares.
_BM25_WEIGHTS = (0.4, 0.6, 1.0)


class Index:
    """One generation, open for reading. Safe to share between threads; a later generation does not touch it."""

    def __init__(self, name: str, digest: str, manifest: Json, database: sqlite3.Connection, vectors: Vectors) -> None:
        self.name = name
        self.id = digest[:16]
        self.manifest = manifest
        self._database = database
        self._vectors = vectors
        self._articles: dict[str, Article] = {}

    @classmethod
    def open(cls, folder: Path) -> Index:
        """The generation that CURRENT names, every byte proven against its hash before it is used.

        Raises:
            IndexMissing: nothing was ingested here.
            IndexDamaged: a file is missing or differs from its hash.
            StorageFailed: a file may not be read.
        """
        for attempt in range(_ATTEMPTS):
            name, digest = read_pointer(folder)
            try:
                return cls.open_generation(folder / name, digest)
            except IndexDamaged:
                if attempt + 1 == _ATTEMPTS or read_pointer(folder) == (name, digest):
                    raise
        raise IndexDamaged(f"{folder}: changes faster than it can be read; try again")

    @classmethod
    def open_generation(cls, folder: Path, digest: str) -> Index:
        """A generation whose manifest has that hash.

        Raises:
            IndexDamaged: a file is missing or differs from its hash, or the format is not ours.
        """
        manifest = _manifest(folder, digest)
        corpus = _proven(folder, CORPUS, manifest)
        rows = np.frombuffer(_proven(folder, VECTORS, manifest), dtype="<f4")
        database = sqlite3.connect(":memory:", check_same_thread=False)
        database.deserialize(corpus)
        database.execute("PRAGMA query_only = ON")
        return cls(folder.name, digest, manifest, database, rows.reshape(-1, manifest["encoder"]["dimension"]))

    def check_encoder(self, model: Model) -> None:
        """Refuses an encoder other than the one that made this index.

        Raises:
            EncoderMismatch: another model, or other files of it.
        """
        made_by = self.manifest["encoder"]
        if made_by["digest"] != model.digest:
            raise EncoderMismatch(
                f"index {self.id} was made by encoder {made_by['model']}, not this {model.name} "
                f"({model.digest[:12]}); ingest again, or set encoder to the one that made it"
            )

    @cached_property
    def passage_store(self) -> VectorStore:
        """Search over the passages' vectors; a hit's row is a passage id."""
        return FaissStore(self._vectors[: self.manifest["counts"]["passages"]])

    @cached_property
    def sentence_store(self) -> VectorStore:
        """Search over the sentences' vectors; a hit's row is a sentence id."""
        return FaissStore(self._vectors[self.manifest["counts"]["passages"] :])

    def passage_vectors(self, ids: Sequence[int]) -> Vectors:
        """One row per passage, shape ``(len(ids), dimension)``."""
        return np.asarray(self._vectors[np.array(ids, dtype=np.int64)], dtype=np.float32)

    def sentence_vectors(self, ids: Sequence[int]) -> Vectors:
        """One row per sentence, shape ``(len(ids), dimension)``."""
        rows = self._vectors[np.array(ids, dtype=np.int64) + self.manifest["counts"]["passages"]]
        return np.asarray(rows, dtype=np.float32)

    def all_vectors(self) -> Vectors:
        """Every row: passages, then sentences."""
        return self._vectors

    def article(self, article_id: str) -> Article | None:
        """The article of that id, if the index holds it."""
        if article_id not in self._articles:
            try:
                rows = self._database.execute(f"{_SELECT_ARTICLE} WHERE id = ?", (article_id,)).fetchall()
            except UnicodeEncodeError:  # half a surrogate pair: no article can be called that
                return None
            if not rows:
                return None
            self._articles[article_id] = _article(rows[0])
        return self._articles[article_id]

    def articles(self) -> list[Article]:
        """Every article, by id."""
        return [_article(row) for row in self._database.execute(f"{_SELECT_ARTICLE} ORDER BY id").fetchall()]

    def sentences(self, ids: Iterable[int]) -> list[Sentence]:
        """The sentences of those ids, in their order in the index."""
        rows = self._database.execute(
            f"SELECT id, article_id, section, start, end, block, lead FROM sentence WHERE id IN {_LISTED} ORDER BY id",
            (json.dumps(list(ids)),),
        )
        return [Sentence(*row) for row in rows.fetchall()]

    def text(self, sentence: Sentence) -> str:
        """The words of a sentence."""
        article = self.article(sentence.article_id)
        return article.text[sentence.start : sentence.end] if article else ""

    def all_sentences(self) -> list[Sentence]:
        """Every sentence, in order."""
        return self.sentences(range(self.manifest["counts"]["sentences"]))

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """The passages of those ids."""
        rows = self._database.execute(
            f"SELECT id, article_id, section, start, end, first, last FROM passage WHERE id IN {_LISTED}",
            (json.dumps(list(ids)),),
        )
        return {
            number: Passage(number, article_id, section, start, end, tuple(range(first, last + 1)))
            for number, article_id, section, start, end, first, last in rows.fetchall()
        }

    def passages_holding(self, sentence_id: int) -> list[int]:
        """The ids of the passages a sentence stands in: one, or two where they overlap."""
        rows = self._database.execute(
            "SELECT id FROM passage WHERE first BETWEEN ? AND ? AND last >= ? ORDER BY id",
            (sentence_id - _LONGEST_PASSAGE, sentence_id, sentence_id),
        )
        return [int(row[0]) for row in rows.fetchall()]

    def search_words(self, stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The ``k`` best ``(passage id, BM25)`` for any of the stems, best first; none for no stems."""
        if not stems:
            return []
        query = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(stems))
        rows = self._database.execute(
            "SELECT rowid, -bm25(passage_terms, ?, ?, ?) AS score FROM passage_terms WHERE passage_terms MATCH ? "
            "ORDER BY score DESC, rowid LIMIT ?",
            (*_BM25_WEIGHTS, query, k),
        )
        return [(int(row), float(score)) for row, score in rows.fetchall()]

    def frequencies(self, stems: Iterable[str]) -> dict[str, int]:
        """In how many passages each stem stands; stems that stand in none are left out."""
        wanted = sorted(set(stems))
        marks = ",".join("?" * len(wanted))
        return dict(self._database.execute(f"SELECT term, doc FROM term WHERE term IN ({marks})", wanted).fetchall())

    def says(self, word: str) -> bool:
        """Whether this folded word stands in any passage, in any of its forms."""
        return bool(self.frequencies((stem(word),)))

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every word of the articles and how often it stands there."""
        return dict(self._database.execute("SELECT word, count FROM word").fetchall())


def prove(index: Index, folder: Path) -> dict[str, int]:
    """Checks what the hashes cannot: every span lies in its article, every vector has unit length. Returns the counts.

    Raises:
        IndexDamaged: something does not hold.
    """
    articles = {article.id: article for article in index.articles()}
    for article in articles.values():
        if sha256(article.text) != article.sha256:
            raise IndexDamaged(f"{index.name}: article {article.id} is not the text its hash promised; ingest again")
    counts = index.manifest["counts"]
    sentences, passages = index.all_sentences(), index.passages(range(counts["passages"]))
    spans = [(one.article_id, one.start, one.end) for one in sentences]
    spans += [(one.article_id, one.start, one.end) for one in passages.values()]
    for article_id, start, end in spans:
        text = articles[article_id].text[start:end]
        if not text or text != text.strip():
            raise IndexDamaged(f"{index.name}: {article_id} {start}-{end} is no sentence; ingest again")
    if len(read_keys(folder, index)) != len(sentences) + len(passages) or not _are_unit(index.all_vectors()):
        raise IndexDamaged(f"{index.name}: vectors do not fit the sentences; ingest again")
    return {"articles": len(articles), "sentences": len(sentences), "passages": len(passages)}


def _are_unit(vectors: Vectors) -> bool:
    return bool(np.all(np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3))


def read_keys(folder: Path, index: Index) -> list[bytes]:
    """The hash of the text behind each row of ``index.all_vectors()``.

    Raises:
        IndexDamaged: the file is missing or differs from its hash.
    """
    data = _proven(folder / index.name, KEYS, index.manifest)
    return [data[at : at + KEY_BYTES] for at in range(0, len(data), KEY_BYTES)]


def read_pointer(folder: Path) -> tuple[str, str]:
    """The name of the current generation and the hash of its manifest.

    Raises:
        IndexMissing: there is no pointer.
        IndexDamaged: the pointer is not of our form.
    """
    try:
        content = (folder / CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"no index at {folder}; make one with: citeback ingest PATH") from error
    except OSError as error:
        raise StorageFailed(f"{folder / CURRENT}: cannot be read ({error.strerror})") from error
    match = _POINTER.fullmatch(content)
    if match is None:
        raise IndexDamaged(f"{folder / CURRENT} is damaged; repair with: citeback ingest PATH")
    return match[1].decode(), match[2].decode()


def index_terms(title: str, section: str, body: str) -> tuple[str, str, str]:
    """The columns of BM25 for a passage, already analysed as questions will be."""
    return " ".join(terms(title)), " ".join(terms(section)), " ".join(terms(body))


def _article(row: tuple[Any, ...]) -> Article:
    article_id, title, text, digest, path, metadata = row
    return Article(article_id, title, text, digest, path, json.loads(metadata))


def _manifest(folder: Path, digest: str) -> dict[str, Any]:
    data = _read(folder / MANIFEST)
    if hashlib.sha256(data).hexdigest() != digest:
        raise _damaged(folder / MANIFEST)
    manifest: dict[str, Any] = json.loads(data)
    if manifest["format"] != FORMAT:
        raise IndexDamaged(f"{folder} has format {manifest['format']}, this version reads {FORMAT}; ingest again")
    return manifest


def _proven(folder: Path, name: str, manifest: Json) -> bytes:
    data = _read(folder / name)
    if hashlib.sha256(data).hexdigest() != manifest["files"][name]["sha256"]:
        raise _damaged(folder / name)
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise _damaged(path) from error
    except OSError as error:
        raise StorageFailed(f"{path}: cannot be read ({error.strerror})") from error


def _damaged(path: Path) -> IndexDamaged:
    return IndexDamaged(f"{path} is missing or damaged; repair with: citeback ingest PATH")
