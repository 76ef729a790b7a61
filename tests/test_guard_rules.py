"""Every rule does what its own examples say, and a rule that cannot say on whose word it speaks is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.errors import InputRefused
from rag.guard import DATA, Guard
from rag.schema import Level

GUARD = Guard.load("UK")
ALONE = replace(GUARD, listener=None)
FIRES = [(rule.id, text) for rule in GUARD.rules for text in rule.fires]
SILENT = [(rule.id, text) for rule in GUARD.rules for text in rule.silent]

CATALOGUE = """
CES_SADDLE CES_BLADDER CES_BOWEL CES_SEXUAL CES_BILATERAL NEURO_PROGRESSIVE CORD_COMPRESSION CANCER_HISTORY
SPINAL_INFECTION WEIGHT_LOSS FRAGILITY_FRACTURE TRAUMA_MAJOR HIP_FRACTURE HIP_DISLOCATION SEPTIC_JOINT CHILD_HIP SCFE AVN
AAA DVT PULMONARY_EMBOLISM LIMB_ISCHAEMIA TESTICULAR ECTOPIC PREG_RED KIDNEY_INFECTION SHAPE_CHANGE SEPSIS POSTOP
CHEST_PAIN STROKE BREATHING GI_BLEED HEAD_INJURY SEIZURE SUICIDE OVERDOSE SCIATICA_UNILATERAL PERSISTENT AXSPA STENOSIS
NIGHT_PAIN HERNIA
""".split()


def test_every_row_of_the_catalogue_has_its_rule() -> None:
    assert set(CATALOGUE) <= {rule.id for rule in GUARD.rules}


@pytest.mark.parametrize(("rule", "text"), FIRES, ids=[f"{rule}: {text[:50]}" for rule, text in FIRES])
def test_an_example_fires_its_rule_with_the_listener_and_without(rule: str, text: str) -> None:
    assert rule in ALONE.read(text).rules
    assert rule in GUARD.read(text).rules


@pytest.mark.parametrize(("rule", "text"), SILENT, ids=[f"{rule}: {text[:50]}" for rule, text in SILENT])
def test_a_silent_example_does_not_interrupt(rule: str, text: str) -> None:
    for guard in (ALONE, GUARD):
        reading = guard.read(text)

        assert rule not in reading.rules
        assert reading.red_flag is None


@pytest.mark.parametrize("rule", GUARD.rules, ids=[rule.id for rule in GUARD.rules])
def test_a_rule_says_on_whose_word_and_when(rule: object) -> None:
    source = rule.source  # type: ignore[attr-defined]

    assert source.url.startswith("https://")
    assert date.fromisoformat(source.reviewed)


@pytest.mark.parametrize("rule", GUARD.rules, ids=[rule.id for rule in GUARD.rules])
def test_no_text_reassures(rule: object) -> None:
    text = f"{rule.message} {GUARD.actions[rule.action]}".lower()  # type: ignore[attr-defined]

    for comfort in ("don't worry", "do not worry", "nothing serious", "you are fine", "probably nothing", "all clear"):
        assert comfort not in text


@pytest.mark.parametrize(
    "message",
    ["I can't feel the toilet paper when I wipe", "one leg puffed up and hot since my flight", "I want to end my life"],
)
def test_the_words_shown_are_the_persons_own(message: str) -> None:
    flag = GUARD.read(message).red_flag

    assert flag is not None
    assert flag.matched
    assert all(part in message for part in flag.matched)


# ------------------------------------------------------------------------------------------------------------- loading

GOOD = """
[STIFF_NECK]
level = "urgent"
title = "A stiff neck with fever"
message = "It can be meningitis."
action = "urgent"
source = { name = "NHS", section = "Meningitis", url = "https://www.nhs.uk/conditions/meningitis/", reviewed = "2026-11-22" }
when = [ { all = ["fever"], within = "message", with = ["neck_word"] } ]
fires = '''
one
two
three
four
'''
silent = '''
one
two
three
four
'''
"""


def load(folder: Path, text: str) -> Guard:
    (folder / "rules.toml").write_text(text, encoding="utf-8")
    return Guard.load("UK", folder)


def test_one_edit_to_a_rule_file_changes_what_happens(tmp_path: Path) -> None:
    message = "a temperature and a sore neck"

    assert load(tmp_path, GOOD).read(message).level is Level.URGENT
    assert load(tmp_path, GOOD.replace('"urgent"\ntitle', '"emergency"\ntitle')).read(message).level is Level.EMERGENCY
    assert load(tmp_path, GOOD.replace("neck_word", "calf")).read(message).level is Level.NONE


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("reviewed = ", "seen = "), "unknown key 'seen'"),
        (("source = {", "sauce = {"), "unknown key 'sauce'"),
        (('"2026-11-22"', '"last week"'), "write a date"),
        (("four\n", ""), "write at least 4"),
        (('level = "urgent"', 'level = "soon"'), "has the level 'soon'"),
        (('action = "urgent"', 'action = "panic"'), "names the action 'panic'"),
        (('"fever"', '"feever"'), "'feever', which no lexicon defines"),
        (('"message", with', '"page", with'), "window 'page'"),
        (("It can be", "{who} can be"), "place we cannot fill"),
        (("when = [", "whan = ["), "unknown key 'whan'"),
        (('title = "A stiff neck with fever"\n', ""), "has no 'title'"),
        (('action = "urgent"', 'action = "urgent"\ncertain = "yes"'), "has 'yes' under 'certain'"),
        (("[STIFF_NECK]", "STIFF_NECK"), "cannot be read"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else value,
)
def test_a_bad_rule_is_refused_in_one_line(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(InputRefused, match=complaint) as refusal:
        load(tmp_path, GOOD.replace(*change))

    assert "\n" not in str(refusal.value)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no rule files"):
        Guard.load("UK", tmp_path)


def test_the_list_of_real_words_is_fresh() -> None:
    from eval.real_words import english, real_words

    assert (DATA / "real_words.txt").read_text(encoding="ascii").split() == list(real_words(english()))
