"""Checks the shipped articles against the rules in corpus/README.md; prints one line per finding.

Run `python corpus/lint.py [FOLDER or FILES]`; without arguments it reads the `*.md` beside it, README.md left
out. Exit code 1 when there is any finding, else 0. It judges form only: front matter, headings, length,
reading grade, and whether each sentence stands on its own. It does not judge medical truth, spelling or
style, follows no reference and changes no file.

Reading grade is Flesch-Kincaid, 0.39 words/sentence + 11.8 syllables/word - 15.59, over paragraphs and list
items. Syllables are counted by rule (vowel groups, silent e, split vowels such as `i-a` in `sciatica`); over
these articles the count lies within 1 % of that of the CMU pronouncing dictionary.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from pathlib import Path

import yaml
from syntok import segmenter

KEYS = {"id", "title", "summary", "topics", "references", "written", "reviewed", "license"}
LICENSE = "CC-BY-4.0"
MIN_WORDS, MAX_WORDS, MAX_GRADE = 500, 1200, 8.0
MAX_SENTENCE, MIN_ITEM, MIN_SECTIONS, SAME_OPENING = 28, 5, 4, 0.85

VERB = (
    r"(?:is|are|was|were|can|cannot|could|may|might|must|should|will|would|do|does|did|has|have|had|means?|"
    r"makes?|happens?|includes?|helps?|leads?|gets?|gives?|affects?|occurs?|lasts?|feels?|takes?|needs?|comes?|"
    r"goes|eases?|improves?|settles?|starts?)\b(?!-)"
)
LEANING = re.compile(  # openings whose meaning lives in an earlier sentence
    rf"""(?:its?|it's|they|them|theirs?|he|she|his|her|him)\b
    | (?:this|that|these|those|such|both|neither|either|one|some|many|most|all|each|another|others) \s {VERB}
    | (?:this|that|these|those|such) \s (?:often|usually|also|not|rarely|sometimes|never|always|then)\b
    | (?:this|these|such) \s (?:condition|problem|pain|symptom|sign|treatment|test)s?\b (?!\s(?:of|from))
    | the \s (?:pain|ache|condition|problem|symptoms?|disease|injury) \s (?:(?:often|usually|also) \s)? {VERB}
    | (?:and|but|so|also|however|therefore|instead|otherwise|here|if\s(?:so|not)|for\sexample|in\saddition)\b
    | (?:as \s a \s result | in \s this \s case | the \s (?:latter|former|same))\b""",
    re.IGNORECASE | re.VERBOSE,
)
DOSE = re.compile(
    r"\b(?:\d[\d.,]*|one|two|three|four|six|eight)[ -]?"
    r"(?:mg|g|mcg|ml|micrograms?|milligrams?|grams?|millilit(?:er|re)s?|tablets?|capsules?|pills?)\b",
    re.IGNORECASE,
)
MARKUP = re.compile(r"[*_`]|<[a-z/!]|\]\(|!\[|^\d+[.)] |^\s|^\||^>|https?:", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:['.,-][^\W_]+)*")
VOWELS = re.compile(r"[aeiouy]+")
SPLIT_VOWELS = re.compile(
    r"(?<![tcsgx])i[aou]|(?<![tsqgp])eo|(?<=st)e(?=o)|o(?=arth)|area|[aeiouy]ing|[^aeiouy]iet|"
    r"ua(?!r)[tl]|^scia|uou|sms?$|n't$|creat|iei|oea|react|[^aeiouy]ier$"
)
SILENT_E = re.compile(
    r"(?<=[^aeiouy])(?<![^aeiouyl]l)(?:e|(?<![td])ed|(?<![szxcgh])es)$|"
    r"(?<=[aeiouy][lrnmvtkdpsc])e(?=ly$|ment|ness|ful|less)"
)

Report = Iterator[tuple[int, str, str]]  # line (1-based), rule, message


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or list item, without its Markdown mark; `kind` is the mark, or "p"."""

    line: int
    kind: str
    text: str

    def sentences(self) -> tuple[str, ...]:
        """The sentences in order; a heading has none."""
        spans = [s for paragraph in segmenter.analyze(self.text) for s in paragraph if s]
        starts = [*(s[0].offset for s in spans), len(self.text)]
        return () if "#" in self.kind else tuple(self.text[a:b].strip() for a, b in pairwise(starts))


@dataclass(frozen=True, slots=True)
class Draft:
    """One article file as read; `sentences` pairs each with its line and its block's kind."""

    path: Path
    lines: tuple[str, ...]
    front: dict[str, object]
    blocks: tuple[Block, ...]
    sentences: tuple[tuple[int, str, str], ...]


def read(path: Path) -> Draft:
    """Read one article; broken front matter is read as none, which `front_matter` reports."""
    lines = path.read_text(encoding="utf-8").split("\n")
    end = lines.index("---", 1) if lines[0] == "---" and "---" in lines[1:] else 0
    try:
        front = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError:
        front = None
    marked = ((n, re.match(r"(?:(#+|-)\s+)?(.*\S)", line)) for n, line in enumerate(lines, 1) if n > end + 1)
    blocks = tuple(Block(n, match[1] or "p", match[2]) for n, match in marked if match)
    sentences = tuple((b.line, b.kind, s) for b in blocks for s in b.sentences())
    return Draft(path, tuple(lines), front if isinstance(front, dict) else {}, blocks, sentences)


def syllables(word: str) -> int:
    """Syllables in one word; each digit counts one."""
    text = word.lower()
    count = len(VOWELS.findall(text)) + len(SPLIT_VOWELS.findall(text)) - len(SILENT_E.findall(text))
    return max(1, count + sum(c.isdigit() for c in text))


def grade(sentences: Sequence[str]) -> float:
    """Flesch-Kincaid grade; a hyphenated word counts as its parts."""
    words = [part for s in sentences for word in WORD.findall(s) for part in word.split("-")]
    per_sentence, per_word = len(words) / len(sentences), sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59


def front_matter(draft: Draft) -> Report:
    """Exactly the keys of README.md, each of its kind."""
    front = draft.front
    if front.keys() != KEYS:
        odd = ", ".join(sorted(str(name) for name in front.keys() ^ KEYS))
        yield 1, "front-matter", f"missing or unknown: {odd}; the keys are {', '.join(sorted(KEYS))}"
        return
    reviewed = isinstance(front["reviewed"], date) or front["reviewed"] == "none yet"
    checks = (
        (front["id"] == draft.path.stem, f"id {front['id']!r}; write the file name, {draft.path.stem}"),
        (front["license"] == LICENSE, f"license {front['license']!r}; write {LICENSE}"),
        (isinstance(front["written"], date), f"written {front['written']!r}; write a date as YYYY-MM-DD"),
        (reviewed, f"reviewed {front['reviewed']!r}; write 'none yet' or a date as YYYY-MM-DD"),
        (all(isinstance(front[k], str) and front[k] for k in ("title", "summary")), "title and summary are plain text"),
        (
            isinstance(front["topics"], list) and front["topics"],
            "topics is empty; list a few, as in [sciatica, leg pain]",
        ),
    )
    yield from ((1, "front-matter", message) for holds, message in checks if not holds)
    yield from ((1, "references", message) for message in references(front["references"]))


def references(entries: object) -> Iterator[str]:
    """What is wrong with the list of references."""
    if not isinstance(entries, list) or not entries:
        yield "none given; name at least one with title and publisher"
        return
    for number, entry in enumerate(entries, 1):
        fields = entry if isinstance(entry, dict) else {}
        if fields.keys() - {"url"} != {"title", "publisher"} or not all(fields.values()):
            yield f"number {number} needs title and publisher, and may have a url, nothing else"
        if "url" in fields and not re.fullmatch(r"https://[\w.-]+\.\w+(/\S*)?", str(fields["url"])):
            yield f"number {number}: {fields['url']!r} is no https address; mend it or leave url out"


def headings(draft: Draft) -> Report:
    """One H1 equal to the title, then at least four H2, all different, none empty."""
    marks = [block for block in draft.blocks if "#" in block.kind]
    if [m.text for m in marks if m.kind == "#"] != [draft.front.get("title")] or marks[0].kind != "#":
        yield 1, "title", "begin the body with one `# ` line equal to the title"
    if (sections := sum(m.kind == "##" for m in marks)) < MIN_SECTIONS:
        yield 1, "headings", f"{sections} sections; write at least {MIN_SECTIONS}"
    for i, mark in enumerate(marks):
        if mark.kind not in {"#", "##"}:
            yield mark.line, "headings", f"level {mark.kind}; use only # and ##"
        if mark.text.casefold() in {m.text.casefold() for m in marks[:i]}:
            yield mark.line, "headings", f"{mark.text!r} is there twice; rename one"
    for block, after in pairwise([*draft.blocks, Block(0, "#", "")]):
        if "#" in block.kind and "#" in after.kind:
            yield block.line, "headings", f"{block.text!r} is empty; write under it or remove it"


def length(draft: Draft) -> Report:
    """Word count and reading grade of the body, headings left out."""
    sentences = [sentence for _, _, sentence in draft.sentences]
    words = sum(len(WORD.findall(s)) for s in sentences)
    if not MIN_WORDS <= words <= MAX_WORDS:
        yield 1, "words", f"{words} words; write {MIN_WORDS} to {MAX_WORDS}"
    if words and (level := round(grade(sentences), 1)) > MAX_GRADE:
        yield 1, "grade", f"{level}; bring it to {MAX_GRADE} with shorter sentences and plainer words"


def sentence_form(draft: Draft) -> Report:
    """Each sentence stands on its own, is short, ends in a full stop and gives no dose."""
    for line, kind, sentence in draft.sentences:
        start = " ".join(sentence.split()[:8])
        count = len(WORD.findall(sentence))
        if match := LEANING.match(sentence):
            yield line, "bare-pronoun", f"{match[0]!r} leans on another sentence; name the subject: {start!r}"
        if count > MAX_SENTENCE:
            yield line, "long-sentence", f"{count} words, at most {MAX_SENTENCE}; split it: {start!r}"
        if not sentence.endswith("."):
            rule = "question" if sentence.endswith("?") else "full-stop"
            yield line, rule, f"make it a statement with a full stop: {start!r}"
        if kind == "-" and count < MIN_ITEM:
            yield line, "list-item", f"write a whole sentence of {MIN_ITEM} words or more: {start!r}"
        if match := DOSE.search(sentence):
            yield line, "dose", f"{match[0]!r} reads as an amount of medicine; leave it out"


def layout(draft: Draft) -> Report:
    """ASCII signs, no markup, and one line per paragraph so that no quote holds a line break."""
    for number, line in enumerate(draft.lines, 1):
        if odd := [c for c in line if not c.isascii() and unicodedata.category(c)[0] not in "LN"]:
            yield number, "character", f"{unicodedata.name(odd[0], repr(odd[0]))}; use a plain ASCII sign"
    for block in draft.blocks:
        if match := MARKUP.search(block.text):
            yield block.line, "markup", f"{match[0]!r}; write plain text, no emphasis, links, tables or HTML"
    for block, after in pairwise(draft.blocks):
        if after.line == block.line + 1 and after.kind == "p" and "#" not in block.kind:
            yield after.line, "line-break", "join it to the line above, or put a blank line between the two"


def twins(drafts: Sequence[Draft]) -> Iterator[tuple[Path, int, str, str]]:
    """Sentences that occur twice in the whole corpus, and articles that open nearly alike."""
    seen: dict[str, str] = {}
    for draft in drafts:
        for line, _, sentence in draft.sentences:
            words = " ".join(WORD.findall(sentence.casefold()))
            if other := seen.get(words):
                yield draft.path, line, "duplicate", f"also at {other}; reword or drop it: {sentence!r}"
            seen.setdefault(words, f"{draft.path.name}:{line}")
    openings = [(d.path, *d.sentences[0]) for d in drafts if d.sentences]
    for (a, _, _, first), (b, line, _, second) in combinations(openings, 2):
        if first != second and SequenceMatcher(None, first, second).ratio() >= SAME_OPENING:
            yield b, line, "near-duplicate", f"opens almost like {a.name}; reword the first sentence"


def lint(paths: Sequence[Path]) -> tuple[str, ...]:
    """Every finding in the given article files as a line of text, in order of file and line."""
    drafts = [read(path) for path in paths]
    rules = (front_matter, headings, length, sentence_form, layout)
    own = {(draft.path, *report) for draft in drafts for rule in rules for report in rule(draft)}
    found = sorted(own | {*twins(drafts)})
    return tuple(f"{path.parent.name}/{path.name}:{line}: {rule}: {say}" for path, line, rule, say in found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(description="Check the shipped articles.")
    parser.add_argument("places", nargs="*", type=Path, default=[Path(__file__).parent], metavar="PLACE")
    places: list[Path] = parser.parse_args(arguments).places
    files = {f for place in places for f in (place.glob("*.md") if place.is_dir() else [place])}
    paths = sorted(f.resolve() for f in files if f.name != "README.md")
    findings = lint(paths)
    sys.stdout.writelines(f"{line}\n" for line in findings or (f"{len(paths)} articles, 0 findings",))
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())
