"""How it is meant: denied, supposed, past, over, asked about, about an animal, or said in earnest."""

from __future__ import annotations

import pytest

from rag.guard import Guard

GUARD = Guard.load("UK")

CLAIMED = {
    "plain": "I can't feel when I wipe.",
    "one denied, one reported": "No fever, no weight loss, but my crotch has gone numb since Friday.",
    "no longer": "I no longer feel it when I wipe and my back is bad.",
    "no control": "I have no control over my bladder since my back went.",
    "not only": "It's not only the pain, I can't pee either, and my back is agony.",
    "not getting better": "The numbness in my groin is not getting better, back pain too.",
    "an answer, then the sign": "No, she can't stand on it since she fell this morning.",
    "a harmless cause offered": "I can't pee since yesterday, probably the codeine, and my back is dreadful.",
    "a habit, not a condition": "If I try to stand after the fall my leg won't take any weight.",
    "wondering": "I'm wondering if this numbness between my legs is from the disc.",
    "information opener, then a report": "What causes this? I can't feel my bum when I wipe since Monday.",
    "a relative": "My husband can't pee since last night and his back is agony.",
    "a person in care": "A resident I care for fell and can't put weight on her leg.",
    "a stroke that has passed": "My mouth drooped and my speech was slurred this morning, all fine now.",
    "told off a horse": "I fell off my horse today and my back really hurts.",
    "cancer years ago, pain now": "I had breast cancer five years ago and now a constant new ache in my spine at night.",
    "back again": "I had numbness between my legs years ago and now it has started again with back pain.",
}
NOT_CLAIMED = {
    "list denial": "No numbness, weakness, fever or bladder problems.",
    "denied before": "I don't have any numbness in the saddle area.",
    "denied after": "Numbness around the genitals, weakness in the legs: none of those.",
    "any, no": "Any trouble passing urine, no. Numbness down below, none.",
    "question and answer": "Numb between the legs? No. Wetting myself? No.",
    "all normal": "My bladder and bowels are fine and my legs are strong.",
    "ruled out": "Cauda equina and fracture have been ruled out.",
    "conditional": "If I lose control of my bladder, what should I do?",
    "inverted conditional": "Should I ever lose feeling between my legs, whom do I call?",
    "fear": "I'm scared of losing control of my bladder one day.",
    "safety net": "They told me to come back if my groin goes numb or I can't pee.",
    "past": "In 2014 I had numbness between my legs and surgery, since then all well.",
    "years ago": "Ten years ago I fell off a ladder and hurt my back.",
    "over": "The numbness in my groin after the injection is gone now.",
    "asked about": "Can a slipped disc make you unable to pee?",
    "definition": "Saddle anaesthesia is numbness of the genitals and inner thighs.",
    "study": "For my nursing exam: saddle numbness, urinary retention and leg weakness mean what?",
    "a dog": "My dog can't move her back legs and wets herself.",
    "fiction": "In my novel the hero can't feel his legs after he is hit by a car.",
    "family history": "My grandad died of an aneurysm. I have a stiff back.",
    "long-standing": "I have MS and my legs have been weak for years, same as always.",
    "idiom": "This back pain is killing me, lol.",
    "from the saddle": "My crotch goes numb on the bike and wears off within a minute.",
}


@pytest.mark.parametrize("text", CLAIMED.values(), ids=CLAIMED.keys())
def test_what_is_meant_interrupts(text: str) -> None:
    assert GUARD.read(text).red_flag is not None


@pytest.mark.parametrize("text", NOT_CLAIMED.values(), ids=NOT_CLAIMED.keys())
def test_what_is_not_meant_does_not(text: str) -> None:
    reading = GUARD.read(text)

    assert reading.red_flag is None, (reading.rules, reading.red_flag)


def test_a_question_about_a_red_flag_gets_a_notice_and_its_answer() -> None:
    reading = GUARD.read("Can a slipped disc make you unable to pee?")

    assert reading.red_flag is None
    assert reading.notice is not None
    assert "999" in reading.notice


def test_a_routine_sign_is_a_line_and_no_interruption() -> None:
    reading = GUARD.read("My hip has hurt for nine weeks and is not improving.")

    assert reading.red_flag is None
    assert reading.notice
    assert reading.level == "routine"


def test_a_relative_is_spoken_of_as_one() -> None:
    mine = GUARD.read("I can't feel the toilet paper when I wipe").red_flag
    hers = GUARD.read("My wife can't feel the toilet paper when she wipes").red_flag

    assert mine is not None
    assert hers is not None
    assert "Do not drive yourself" in mine.action
    assert "Do not let them drive" in hers.action


def test_silence_says_nothing() -> None:
    reading = GUARD.read("Which mattress is best for a stiff back?")

    assert (reading.red_flag, reading.notice, reading.rules) == (None, None, ())
