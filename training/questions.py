"""Questions changed and questions invented: as people type them, with a fact altered, or made out of a sentence.

All of it is mechanical and seeded; nothing here reads a file. An altered question keeps its words and asks about
something the passage does not say: another name, number or place, or the opposite.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from training.lay import LAY

_OPPOSITES = (
    "first last|largest smallest|biggest smallest|highest lowest|most least|more less|before after|"
    "increase decrease|increased decreased|increases decreases|north south|northern southern|east west|"
    "eastern western|early late|begin end|began ended|start stop|started stopped|win lose|won lost|"
    "allow forbid|allowed banned|accept reject|accepted rejected|support oppose|supported opposed|old new|"
    "oldest newest|major minor|male female|men women|high low|higher lower|longest shortest|best worst|"
    "same different|common rare|rise fall|rose fell|gain lose|gained lost|public private|above below|"
    "left right|acute chronic|upper lower|inside outside|children adults|safe dangerous|better worse|"
    "strong weak|stronger weaker|hot cold|day night|buy sell|bought sold|join leave|joined left|"
    "positive negative|easy hard|fast slow|faster slower|always never|inner outer|front back|parents children|"
    "heaviest lightest"
)
OPPOSITE = {
    a: b
    for pair in _OPPOSITES.split("|")
    for a, b in (pair.split(), reversed(pair.split()))  # both directions
}
_AUX = "is|are|was|were|can|may|might|could|will|would|should|has|have|had|must"
_NEGATED = re.compile(r"\b(did|does|do|is|are|was|were|can|could|will|would|has|have|had|should)\b", re.I)
_NUMBER = re.compile(r"\b\d[\d,.]*\b")
_NAME = re.compile(r"\b[A-Z][\w'’-]*[a-z](?:(?: (?:of|the|de|and))? [A-Z][\w'’-]*)*")
_KEYS = "qwertyuiop asdfghjkl zxcvbnm"
_FILLER = ("please ", "hi, ", "hello ", "i was wondering, ", "quick question: ", "so ", "um ", "can you tell me ", "")
_WEAK = frozenset(
    "a an the of in on to for with and or by at is are was were did does do it its from as that this".split()
)


def as_typed(question: str, rng: random.Random) -> str:
    """The same question as someone might type it: lower case, no mark, keywords only, a slip or two."""
    if rng.random() < 0.45:
        question = question.lower()
    if rng.random() < 0.35:
        question = question.rstrip("?! .")
    if rng.random() < 0.06:
        question = rng.choice(_FILLER) + question
    if rng.random() < 0.08:
        question = _keywords(question, rng)
    for _ in range(2):
        if rng.random() < 0.08:
            question = _typo(question, rng)
    return question


def _keywords(question: str, rng: random.Random) -> str:
    words = question.rstrip("?").split()
    wh = words[:1] if rng.random() < 0.5 else []
    kept = wh + [w for w in words[1:] if w.lower() not in _WEAK]
    return " ".join(kept).lower() if len(kept) >= 3 else question


def _typo(question: str, rng: random.Random) -> str:
    places = [m.start() for m in re.finditer(r"(?<=[a-z])[a-z](?=[a-z])", question)]
    if not places:
        return question
    i = rng.choice(places)
    kind = rng.randrange(4)
    if kind == 0:
        return question[:i] + question[i + 1 :]
    if kind == 1:
        return question[:i] + question[i + 1] + question[i] + question[i + 2 :]
    if kind == 2:
        return question[:i] + question[i] + question[i:]
    row = next(r for r in _KEYS.split() if question[i] in r)
    near = row[max(0, row.index(question[i]) - 1) :][:3].replace(question[i], "")
    return question[:i] + rng.choice(near) + question[i + 1 :]


def altered(question: str, passage: Sequence[str], elsewhere: Sequence[str], rng: random.Random) -> str | None:
    """The question with one fact changed so that the passage no longer answers it, or None if it offers no hold.

    A name is replaced by one from ``elsewhere`` that the passage lacks, a number by another, a word by its opposite.
    """
    ways = [_other_number, _other_name, _opposite, _other_name, _opposite, _negated]
    text = " ".join(passage)
    for way in rng.sample(ways, len(ways)):
        changed = way(question, text, elsewhere, rng)
        if changed and changed.lower() != question.lower():
            return changed
    return None


def _other_number(question: str, text: str, elsewhere: Sequence[str], rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(question))
    if not found:
        return None
    match = rng.choice(found)
    digits = match.group()
    if digits.isdigit() and len(digits) == 4:
        new = str(int(digits) + rng.choice([-20, -10, -7, -3, -2, -1, 1, 2, 3, 6, 10, 25]))
    else:
        pool = [n for s in elsewhere for n in _NUMBER.findall(s)] or [str(rng.randint(2, 90))]
        new = rng.choice(pool)
    return None if new in text else question[: match.start()] + new + question[match.end() :]


def _other_name(question: str, text: str, elsewhere: Sequence[str], rng: random.Random) -> str | None:
    found = [m for m in _NAME.finditer(question) if m.start() > 0]
    pool: list[str] = [
        n for s in elsewhere for n in _NAME.findall(s[s.find(" ") + 1 :]) if n not in text and n not in question
    ]
    if not found or not pool:
        return None
    match = rng.choice(found)
    return question[: match.start()] + rng.choice(pool) + question[match.end() :]


def _opposite(question: str, text: str, elsewhere: Sequence[str], rng: random.Random) -> str | None:
    found = [m for m in re.finditer(r"[A-Za-z]+", question) if m.group().lower() in OPPOSITE]
    found = [m for m in found if OPPOSITE[m.group().lower()] not in text.lower()]
    if not found:
        return None
    match = rng.choice(found)
    return question[: match.start()] + OPPOSITE[match.group().lower()] + question[match.end() :]


def _negated(question: str, text: str, elsewhere: Sequence[str], rng: random.Random) -> str | None:
    match = _NEGATED.search(question, 3)
    if match is None or rng.random() < 0.5:
        return None
    if match.group().lower() in ("did", "does", "do") and rng.random() < 0.7:
        return question[: match.end()] + "n't" + question[match.end() :]
    words = question[match.end() :].split()
    at = 2 if len(words) > 2 and words[0].lower() in ("the", "a", "an") else 1
    return f"{question[: match.end()]} {' '.join(words[:at])} not {' '.join(words[at:])}" if len(words) > 1 else None


def lay(asks: str, condition: str, rng: random.Random) -> str | None:
    """A lay wording of a kind of health question."""
    forms = LAY.get(asks)
    name = re.sub(r"\s*\(.*?\)", "", condition)
    if forms is None:
        return None
    return rng.choice(forms).format(x=name if rng.random() < 0.3 or name.isupper() else name.lower())


def invented(sentence: str, rng: random.Random) -> tuple[str, tuple[int, int]] | None:
    """A question made out of a sentence, and the characters of it that answer; None if none comes of it."""
    for way in rng.sample([_yes_no, _subject_asked, _blank_asked, _blank_asked], 4):
        made = way(sentence, rng)
        if made:
            return made
    return None


def _yes_no(sentence: str, rng: random.Random) -> tuple[str, tuple[int, int]] | None:
    """Asks "can ice soothe a sore joint?" of "Ice can soothe a sore joint"."""
    match = re.match(rf"((?:[\w'’-]+ ){{1,6}})({_AUX}) (?!not\b)(.+)", sentence)
    if match is None or match.group(1).split()[0].lower() in (
        "this",
        "these",
        "it",
        "they",
        "he",
        "she",
        "there",
        "which",
    ):
        return None
    tail = re.split(r"[,;:(]", match.group(3))[0].rstrip(". ").split()[: rng.randint(5, 12)]
    if len(tail) < 2:
        return None
    return f"{match.group(2)} {_uncapped(match.group(1).strip())} {' '.join(tail)}?", (0, len(sentence))


def _subject_asked(sentence: str, rng: random.Random) -> tuple[str, tuple[int, int]] | None:
    """Asks "what can soothe a sore joint?" of "Ice can soothe a sore joint"."""
    match = re.match(rf"((?:[\w'’-]+ ){{1,6}})({_AUX}) (.+)", sentence)
    if match is None or match.group(1).split()[0].lower() in (
        "this",
        "these",
        "it",
        "they",
        "he",
        "she",
        "there",
        "which",
    ):
        return None
    tail = re.split(r"[,;:(]", match.group(3))[0].rstrip(". ").split()[: rng.randint(4, 12)]
    who = "who" if rng.random() < 0.3 and match.group(1)[:1].isupper() and " " in match.group(1).strip() else "what"
    return (f"{who} {match.group(2)} {' '.join(tail)}?", (0, match.end(1) - 1)) if len(tail) >= 2 else None


def _blank_asked(sentence: str, rng: random.Random) -> tuple[str, tuple[int, int]] | None:
    """The sentence with a name, number or a few words asked for instead of said."""
    found = [
        (m.span(), "how many" if m.re is _NUMBER else "who") for r in (_NUMBER, _NAME) for m in r.finditer(sentence, 1)
    ]
    if not found or rng.random() < 0.35:
        words = list(re.finditer(r"\S+", sentence))
        if len(words) < 8:
            return None
        i = rng.randrange(3, len(words) - 1)
        j = min(len(words) - 1, i + rng.randrange(3))
        found = [((words[i].start(), words[j].end()), "what")]
    (start, end), ask = rng.choice(found)
    ask = rng.choice(["when", "which year"]) if re.fullmatch(r"1[5-9]\d\d|20\d\d", sentence[start:end]) else ask
    before, after = sentence[:start].split()[-9:], sentence[end:].split()[: rng.randint(0, 7)]
    asked = [ask, *_thinned(before, rng), *_thinned(after, rng)]
    if rng.random() < 0.4:
        asked = [*_thinned(before, rng), ask, *_thinned(after, rng)]
    return (_uncapped(" ".join(asked)).rstrip(".,; ") + "?", (start, end)) if len(asked) >= 4 else None


def _thinned(words: Sequence[str], rng: random.Random) -> list[str]:
    drop = rng.choice([0.0, 0.1, 0.3])
    return [w.strip(",;()") for w in words if rng.random() > drop * (2 if w.lower() in _WEAK else 1)]


def _uncapped(text: str) -> str:
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
