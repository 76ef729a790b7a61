"""Disguise and accident: whatever the letters look like, the same thing is read, and the person's own text is quoted."""

from __future__ import annotations

import pytest

from rag.guard import Guard
from rag.red_flags.fold import fold

GUARD = Guard.load("UK")
PLAIN = "i want to kill myself"
DISGUISED = {
    "capitals": "I WANT TO KILL MYSELF",
    "full width": "ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ",
    "bold letters": "𝐢 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐤𝐢𝐥𝐥 𝐦𝐲𝐬𝐞𝐥𝐟",
    "Cyrillic look-alikes": "і wаnt tо kіll mуsеlf",
    "Greek look-alikes": "ι wαnt το kιll mυself",
    "accents": "ï wánt tö kïll mÿsélf",
    "combining marks": "i w̴a̵n̶t̷ to k̴i̵l̶l̷ m̴y̵self",
    "zero width": "i wa\u200bnt to ki\u200cll my\u2060self",
    "soft hyphens": "i want to ki\u00adll my\u00adself",
    "bidi marks": "i want to \u202ekill\u202c myself",
    "tag characters": "i want\U000e0041 to ki\U000e0042ll myself",
    "leet": "i w4nt to k1ll mys3lf",
    "symbols": "i want to k!ll my$elf",
    "spaced letters": "i want to k i l l m y s e l f",
    "dotted letters": "i want to k.i.l.l m.y.s.e.l.f",
    "dashes": "i want to k-i-l-l myself",
    "emoji between": "i want to 😭 kill 😭 myself",
    "emoji inside": "i want to ki💔ll my💔self",
    "repeats": "i waaant to killl myselffff",
    "misspelt": "i wannt to kill myslef",
    "run together": "iwanttokillmyself",
    "no-break spaces": "i\u00a0want\u00a0to\u00a0kill\u00a0myself",
    "line breaks": "i want\nto kill myself",
}
HARMLESS = [
    "", " ", "?!", "\u200b\u2060", "𓂀𓂀𓂀", "背中が痛いです。", "Спина болит после тренировки", "ظهري يؤلمني", "मेरी पीठ में दर्द है",
    "🔥🔥🔥", "a b c d e f g", "1 2 3 4 5", "\U000e0041\U000e0042", "%s %n {0} ${x} `ls`", "'; DROP TABLE x; --",
]  # fmt: skip


@pytest.mark.parametrize("text", DISGUISED.values(), ids=DISGUISED.keys())
def test_disguised_forms_fire_like_plain_ones(text: str) -> None:
    assert GUARD.read(PLAIN).rules[0] == "SUICIDE"
    assert "SUICIDE" in GUARD.read(text).rules


@pytest.mark.parametrize("text", HARMLESS, ids=ascii)
def test_harmless_text_of_any_script_is_let_through(text: str) -> None:
    assert GUARD.read(text).red_flag is None


@pytest.mark.parametrize("text", [*DISGUISED.values(), *HARMLESS, "ﬁﬂ ﷺ ½ ㏂", "Straße naïve Ⅻ"], ids=ascii)
def test_every_folded_character_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.origin)
    assert list(folded.origin) == sorted(folded.origin)
    assert all(0 <= place < len(text) for place in folded.origin)
    assert folded.text.isascii()


def test_the_quote_is_cut_from_the_message_itself() -> None:
    text = "Since Friday my ｃｒｏｔｃｈ is nu\u200bmb, back pain too"
    flag = GUARD.read(text).red_flag

    assert flag is not None
    assert all(part in text for part in flag.matched)
    assert any("ｃｒｏｔｃｈ" in part for part in flag.matched)
