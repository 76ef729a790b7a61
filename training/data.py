"""The open question sets, read into items: a question, a passage, and which of its sentences answer.

Reads only what ``--data`` holds and writes nothing. It splits off the held-out documents; it does not decide how a
window is cut from a passage (``windows``) or how questions are altered (``questions``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.text import sentence_spans
from training.bm25 import Bm25

Json = dict[str, Any]

YES, NO, UNSAID = 1, 0, -1  # a sentence answers, does not, or the set does not say

HELD_OUT_ARTICLES = frozenset({"French_and_Indian_War", "Solar_energy"})
HELD_OUT_SHARE = {
    "covid": 0.2,
    "clapnq": 0.33,
    "medquad": 0.1,
    "asked": 0.12,
    "own": 0.125,
    "everyday": 0.0,
    "neighbour": 0.0,
}
FOLDS = 4
NO_FOLD = -1
# Articles of ours whose questions are taught by their marks alone: what they are for, the teachers get wrong.
RANKING, DENSE, WEB = "own:most-", "own:ency-", "own:web-"
PASSAGE_WORDS = 150
NEAR = 6

# Sections of these kinds do not answer questions of the others, unless they use the other's words.
KIND_WORDS = {
    "symptoms": r"symptom|sign|feel|pain",
    "treatment": r"treat|therap|medic|surg|manag|drug",
    "causes": r"caus|due to|result|mutation|because",
    "genetic changes": r"gene|mutation|caus|chromosom",
    "inheritance": r"inherit|gene|family|famil|parent",
    "frequency": r"common|rare|people|affects|estimated|1 in|occurs|prevalen|inciden",
    "exams and tests": r"diagnos|test|exam|scan|x-ray|biops|check",
    "outlook": r"outlook|prognos|recover|surviv|life|outcome|cure",
    "susceptibility": r"risk|likely|prone|common",
    "prevention": r"prevent|avoid|reduc|protect",
    "complications": r"complicat|lead to|problem|cause",
}
_BOILERPLATE = re.compile(
    r"human phenotype ontology|these resources|medical dictionary|gene review:|approximate number of patients"
    r"|genetic testing registry|medlineplus encyclopedia|key points?$|see the following|for more information",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive sentences of one section of one document."""

    document: str
    title: str
    section: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A question about a passage.

    ``labels`` has one of YES, NO, UNSAID for each sentence. ``span`` is (sentence, start, end) of the shortest answer.
    ``near`` are passages that look right and do not answer; ``beside`` are others that answer too, with their labels.
    ``asks`` is the kind of health question, where known.
    """

    source: str
    question: str
    passage: Passage
    labels: tuple[int, ...]
    span: tuple[int, int, int] | None = None
    near: tuple[Passage, ...] = ()
    asks: str = ""
    beside: tuple[tuple[Passage, tuple[int, ...]], ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether some sentence of the passage answers."""
        return YES in self.labels


def held_out(item: Item) -> bool:
    """Whether the item's document is kept for measuring: whole documents, chosen by name or by hash."""
    if item.source == "squad":
        return item.passage.document in HELD_OUT_ARTICLES
    digest = hashlib.sha256(item.passage.document.encode()).digest()
    return digest[0] / 256 < HELD_OUT_SHARE[item.source]


def fold_of(document: str) -> int:
    """Which of ``FOLDS`` like parts of the documents this one is in; ``NO_FOLD``: no teacher is asked about it."""
    if document.startswith((RANKING, DENSE, WEB)):
        return NO_FOLD
    return hashlib.sha256(document.encode()).digest()[1] % FOLDS


def load(data: Path) -> list[Item]:
    """All items of all sets."""
    items = load_elsewhere(data)
    items += [item for article in records(data, "covidqa-part/covidqa-part.json.gz") for item in _covid(article)]
    return items + load_medquad(data)


def load_elsewhere(data: Path) -> list[Item]:
    """The items of the sets that are not about health: encyclopaedia and web questions."""
    squad = [
        *records(data, "squad2-six/squad2-six.json.gz"),
        *records(data, "squad2-train-ten/squad2-train-ten.json.gz"),
    ]
    items = [item for article in squad for item in _squad(article)]
    for name in ("clapnq_part_answerable", "clapnq_part_unanswerable"):
        items += [_clapnq(record) for record in lines(data / f"clapnq-part/{name}.jsonl.gz")]
    return items


def load_medquad(data: Path) -> list[Item]:
    """The items of MedQuAD alone."""
    return list(_medquad(lines(data / "medquad-part/medquad-part.jsonl.gz")))


def records(data: Path, name: str) -> list[Json]:
    """The articles of a SQuAD-like file."""
    with gzip.open(data / name, "rt", encoding="utf-8") as file:
        records: list[Json] = json.load(file)["data"]
    return records


def lines(path: Path) -> Iterator[Json]:
    """A record a line."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def _squad(article: Json) -> Iterator[Item]:
    document = article["title"]
    title = document.replace("_", " ")
    contexts = [paragraph["context"] for paragraph in article["paragraphs"]]
    spans = [sentence_spans(context) for context in contexts]
    passages = [_passage(document, title, "", c, s) for c, s in zip(contexts, spans, strict=True)]
    ranker = Bm25(contexts)
    for number, paragraph in enumerate(article["paragraphs"]):
        for qa in paragraph["qas"]:
            answers = [(a["answer_start"], a["text"]) for a in qa["answers"]]
            if qa.get("is_impossible"):
                answers = []
            labels, span = _label(contexts[number], spans[number], answers)
            taboo = [text for _, text in answers] + [a["text"] for a in qa.get("plausible_answers", ())]
            near = _near(ranker, qa["question"], contexts, number, taboo)
            yield Item(
                "squad", qa["question"].strip(), passages[number], labels, span, tuple(passages[i] for i in near)
            )


def _covid(article: Json) -> Iterator[Item]:
    (paragraph,) = article["paragraphs"]
    context = paragraph["context"]
    document = str(paragraph["document_id"])
    title = context.strip().split("\n")[0][:150]
    groups = list(_groups(_paragraph_spans(context), PASSAGE_WORDS, context))
    passages = [_passage(document, title, "", context, group) for group in groups]
    texts = [" ".join(passage.sentences) for passage in passages]
    ranker = Bm25(texts)
    for qa in paragraph["qas"]:
        answers = [(a["answer_start"], a["text"]) for a in qa["answers"]]
        number = next((i for i, group in enumerate(groups) if group[-1][1] > answers[0][0]), 0)
        labels, span = _label(context, groups[number], answers)
        near = _near(ranker, qa["question"], texts, number, [text for _, text in answers])
        if YES in labels:
            yield Item(
                "covid", qa["question"].strip(), passages[number], labels, span, tuple(passages[i] for i in near)
            )


def _clapnq(record: Json) -> Item:
    (source,) = record["passages"]
    sentences = tuple(untokenised(s) for s in source["sentences"])
    chosen = [set(o["selected_sentences"]) for o in record["output"] if o["selected_sentences"]]
    votes = [sum(s in c for c in chosen) for s in source["sentences"]]
    labels = tuple(NO if not v else YES if 2 * v >= len(chosen) else UNSAID for v in votes)
    passage = Passage("clapnq:" + record["id"], source["title"], "", sentences)
    return Item("clapnq", record["input"].strip(), passage, labels)


def untokenised(sentence: str) -> str:
    """A sentence of CLAP NQ with its words and marks joined again."""
    sentence = re.sub(r" ([,.;:!?%)\]]|'s\b|n't\b)", r"\1", sentence.replace("`` ", '"').replace(" ''", '"'))
    return re.sub(r"([(\[]) ", r"\1", sentence).replace(" -- ", " – ").strip()


def _medquad(records: Iterable[Json]) -> Iterator[Item]:
    documents: dict[str, list[tuple[Json, Passage]]] = defaultdict(list)
    for record in records:
        passage = _section(record)
        if passage:
            documents[passage.document].append((record, passage))
    for sections in documents.values():
        for record, passage in sections:
            near = tuple(p for r, p in sections if p is not passage and _unlike(record["qtype"], p))
            count = 2 if record["qtype"] == "information" else 3
            labels = tuple(YES if i < count else UNSAID for i in range(len(passage.sentences)))
            yield Item("medquad", record["q"], passage, labels, None, near, record["qtype"])


def _section(record: Json) -> Passage | None:
    """The first passage of a section, without the question it repeats and the page furniture."""
    text = record["a"]
    if record["qtype"] in ("research", "considerations", "support groups") or "Human Phenotype Ontology" in text:
        return None
    blocks = (" ".join(block.split()) for block in re.split(r"\s{3,}|\n\s*-\s|\s-\s+", text))
    sentences = [block[a:b] for block in blocks for a, b in sentence_spans(block)]
    sentences = [s for s in sentences if len(s.split()) >= 4 and not s.endswith("?") and not _BOILERPLATE.search(s)]
    kept: list[str] = []
    for sentence in dict.fromkeys(sentences):
        if sum(len(s.split()) for s in kept) + len(sentence.split()) > PASSAGE_WORDS:
            break
        kept.append(sentence)
    document = f"{record['src']}:{record['doc']}"
    return Passage(document, record["focus"], record["qtype"], tuple(kept)) if len(kept) >= 2 else None


def _unlike(asks: str, passage: Passage) -> bool:
    """Whether a section surely does not answer a question of this kind."""
    words = KIND_WORDS.get(asks)
    if words is None or passage.section in (asks, "information"):
        return False
    return len(re.findall(words, " ".join(passage.sentences), re.I)) <= 1


def _paragraph_spans(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for block in re.finditer(r"[^\n]+", text):
        found += [(a + block.start(), b + block.start()) for a, b in sentence_spans(block.group())]
    return found


def _groups(spans: Sequence[tuple[int, int]], words: int, text: str) -> Iterator[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    size = 0
    for start, end in spans:
        length = len(text[start:end].split())
        if group and size + length > words:
            yield group
            group, size = [], 0
        group.append((start, end))
        size += length
    if group:
        yield group


def _passage(document: str, title: str, section: str, text: str, spans: Sequence[tuple[int, int]]) -> Passage:
    return Passage(document, title, section, tuple(text[a:b] for a, b in spans))


def _label(
    text: str, spans: Sequence[tuple[int, int]], answers: Sequence[tuple[int, str]]
) -> tuple[tuple[int, ...], tuple[int, int, int] | None]:
    """Labels by where the answers stand; a sentence that holds the same words elsewhere is left unsaid."""
    labels = [NO] * len(spans)
    span = None
    for at, answer in sorted(answers, key=lambda pair: len(pair[1])):
        for number, (start, end) in enumerate(spans):
            begin = at + len(answer) - len(answer.lstrip())
            if start <= begin < end:
                labels[number] = YES
                span = span or (number, begin - start, min(end, at + len(answer.rstrip())) - start)
            elif labels[number] == NO and len(answer) > 3 and answer.lower() in text[start:end].lower():
                labels[number] = UNSAID
    return tuple(labels), span


def _near(ranker: Bm25, question: str, texts: Sequence[str], gold: int, taboo: Sequence[str]) -> list[int]:
    ranked = [i for i in ranker.rank(question) if i != gold][: 3 * NEAR]
    lowered = [t.lower().strip() for t in taboo if t.strip()]
    return [i for i in ranked if not any(t in texts[i].lower() for t in lowered)][:NEAR]
