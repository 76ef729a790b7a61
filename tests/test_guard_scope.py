"""How it is meant: denied, supposed, past, over, asked about, about an animal, or said in earnest. The rules alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.guard import Guard

GUARD = replace(Guard.load("UK"), listener=None)

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
    "a question, then an answer to it": "Could diabetes numb your privates overnight? Mine went between bed and breakfast.",
    "a double negative": "I haven't had no feeling in my willy since my back went.",
    "not feeling": "From yesterday I am not feeling the water when I wash my private parts.",
    "likened to a dog": "My calf is hot and swollen since the flight and now I pant like a dog, chest pain too.",
    "a dog that is well": "I walk the dogs daily. Since Friday I can't pee and my back is agony.",
    "a lecture, but no student": "I don't need the lecture. I can't feel it when I wipe since Sunday.",
    "scared, not a scare": "My back gave out and I can't feel my genitals. Scared.",
    "the injection wore off": "I can't feel between my legs, my back is bad, and the epidural wore off long ago.",
    "good once, not now": "I was fine on Sunday but since last night I can't pee and my back is agony.",
    "cannot, normally": "From three days I cannot pass urine normally, I must push, back pain.",
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
    "denied in the next sentence": "My wife googled saddle numbness. I haven't got it. I've a sore back.",
    "good, without a verb": "Waterworks fine, bowels fine, no numbness. Sciatica since half term.",
    "nothing of the kind": "The physio tested me all round there and nothing was numb. Pain is 7 out of 10.",
    "inverted past": "Had I lost control of my bladder they'd have scanned me. I hadn't.",
    "the minute, if told so": "The minute I feel any numbness round my back passage I am to ring 999, said the surgeon.",
    "what it might do": "Might spine surgery leave me impotent?",
    "a worst fear": "My worst fear is soiling myself at work. It has not happened. I get sciatica.",
    "somebody else's words": "A court report says 'faecal incontinence developed overnight'. What does overnight mean there?",
    "an advert": 'Saw on Instagram "Leaky bladder? Numb legs? Our belt resets your spine". Scam?',
    "an echo of the answer": "what is foot drop? || mine doesn't, both feet go up and down as normal".replace(
        " || ", "\n"
    ),
    "a story in the past": "This goes back to 1987. They flew me to hospital and I couldn't feel my legs for two days.",
    "dated in brackets": "My hip dislocated twice the year I had it done (2013). Not since.",
    "at an age": "I took an overdose at 17, I'm 46 now and well.",
    "gone": "The UTI in August gave me a fever. Gone. Backache from moving house.",
    "going somewhere": "I can't go to the gym with this back.",
    "an accident with a car": "I took a step back and dropped a plate on my foot.",
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


@pytest.mark.parametrize(
    "text",
    [
        "Does weight loss help hip arthritis?",
        "will losing weight help my hip?",
        "would losing a couple of stone take the pressure off my hip",
        "best exercise for weight loss with bad hips",
        "Do I have to lose weight before a hip replacement?",
    ],
)
def test_a_remedy_asked_about_is_no_sign_asked_about(text: str) -> None:
    assert GUARD.read(text).notice is None


@pytest.mark.parametrize(
    "text",
    [
        "What does weight loss with back pain mean?",
        "is losing weight without trying a bad sign with back pain",
        "I'm losing weight and my back aches. Will exercise help?",
    ],
)
def test_a_sign_asked_about_or_doubted_gets_a_notice(text: str) -> None:
    reading = GUARD.read(text)

    assert reading.red_flag is not None or reading.notice is not None


def test_a_report_is_not_excused_by_a_question_behind_it() -> None:
    reading = GUARD.read("I've lost two stone and my back hurts all the time. Can weight loss help?")

    assert reading.rules == ("WEIGHT_LOSS",)


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
