"""Takes English inflections off a word, so that one listed form stands for all of them.

Lighter than a dictionary stemmer on purpose: "legs" and "feet" stay plural (both sides matter), "left" stays left.
The same function shapes the lexicon and the message, so a stem need not be a word.
"""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    surface: base
    for base, surfaces in {
        "feel": "feal feelin feelng felt feeling feelings", "fall": "fell fallen", "go": "went gone goes going", "lose": "lost losing loses",
        "swell": "swollen swelled swellin swolen swollin", "bleed": "bled", "break": "broke broken", "take": "took taken taking", "can": "can",
        "shake": "shook shaken", "wake": "woke woken", "get": "got gotten getting", "come": "came coming", "eat": "ate eaten",
        "give": "gave given giving gives", "hit": "hit", "stand": "stood", "sit": "sat", "lie": "lay lain lying laid",
        "die": "died dying dies", "pee": "peein peed peeing pees", "wee": "weed weeing wees", "throw": "threw thrown",
        "drink": "drank drunk", "swallow": "swallowed", "hurt": "hurting hurts", "become": "became becoming",
        "begin": "began begun", "cough": "coughed", "have": "has had having hav", "do": "does did doing done", "say": "said",
        "tell": "told", "keep": "kept", "ache": "aching aches ached achy", "bite": "bit bitten", "tear": "tore torn",
        "run": "ran", "drive": "drove driven", "ride": "rode ridden", "slip": "slipt", "shit": "shat", "buy": "bought",
        "think": "thought", "know": "knew known", "see": "saw seen", "grow": "grew grown", "spit": "spat", "wet": "wetted",
        "leg": "lag leg's", "tumor": "tumour tumours tumors", "diarrhea": "diarrhoea diarhea diarrhea", "shrink": "shrunk",
        "hemorrhage": "haemorrhage haemorrhaging hemorrhaging", "anesthetic": "anaesthetic", "edema": "oedema",
        "fracture": "fractured fracturing", "labor": "labour", "color": "colour", "gray": "grey", "gynecologist": "gynaecologist",
        "esophagus": "oesophagus", "leukemia": "leukaemia", "anemia": "anaemia", "hemophilia": "haemophilia",
        "fetus": "foetus", "mom": "mum mam mommy mummy mumma mama ma maa", "dad": "daddy papa da", "grandma": "nan gran granny nana nanna grandmother",
        "grandad": "grandpa granddad grandfather gramps", "toilet": "lavatory", "ill": "ill", "being": "been be",
        "poo": "poos pooed pooing", "wipe": "wiping wiped wipes", "use": "used uses using", "change": "changing changed changes", "hot": "hotter", "big": "bigger biggest",
        "bad": "badly", "numb": "numbed numbing numbness numness numbess nummed", "weak": "weakness weaker weakened weakening",
        "stroke": "strokes", "breath": "breathe breathing breathes breaths breathed breathin breeth", "child": "children",
        "man": "men", "woman": "women", "foot": "foots", "testicle": "testes", "because": "cos coz cuz bcoz bcz becuz",
        "you": "u ya", "are": "r", "your": "ur", "with": "wid", "cant": "cnat cannot carnt kant cnt cannae canny cany", "couldnt": "couldny couldnae",
        "dont": "dnt doesnt dinnae dunno", "didnt": "didnae", "wont": "wnt", "havent": "havnt hasnt hadnt aynt", "please": "pls plz",
        "tonight": "tonite", "though": "tho", "before": "b4", "through": "thru", "nothing": "nuthin nuffin nowt", "something": "summat sumthing",
        "anything": "owt anyfink anythin", "yesterday": "yday yest", "hospital": "hosp", "doctor": "doc doctors docs", "temperature": "temp temps temperatures",
        "pregnant": "preggers preg preggo", "week": "wk wks weeks", "month": "mth mths mnths months", "year": "yr yrs years", "day": "days",
        "hour": "hr hrs hours", "minute": "min mins minutes", "worse": "worsen worsening worsened worser", "vomit": "vomiting vomited vomits",
        "paralyse": "paralysed paralyzed paralize paralized paralised paralysing paralyze paralysis",
        "walk": "walkin", "isnt": "arent aint wasnt werent isn", "wouldnt": "wouldnae", "numbs": "numbs",
        "anymore": "anymor nomore", "lasted": "lasted lasts lasting", "back": "bak bakc bck", "both": "boath bof", "bowels": "bowles bowls bowls", "boy": "boi", "blood": "blud", "pop": "poped popd", "sick": "sik", "sweat": "swets swet", "night": "nite nyt", "double": "dubble", "stuck": "stuk", "horse": "hores", "right": "rite", "week": "weeek", "off": "orf", "tablet": "tabs tabets tablits", "throat": "throte", "new": "nu", "lower": "lowr", "sudden": "suddently sudenly sudenley suddnly", "since": "sinse sins", "without": "witout wivout wthout", "anything": "anyfing", "when": "wen whn", "was": "wos", "pain": "payn pian paine", "control": "controll contol", "between": "betwen inbetween",  "tingle": "tingly tingling tingles tingled", "want": "wanna wants wanted wanting", "going": "gonna",
    }.items()
    for surface in surfaces.split()
}  # fmt: skip
_KEEP = frozenset(
    "legs feet thighs calves knees hips arms hands sides buttocks cheeks bits privates bowels toes fingers eyes testicles balls nuts "
    "left being something anything nothing everything morning evening news does this his hers its us bus gas yes always "
    "less unless across pass pus thus plus was has news stairs goods arms pins dead red bed shed hundred kids "
    "during ceiling king ring thing sibling wing string spring wedding building swing things pants trousers needles ants "
    "daily only early family belly jelly silly ugly july fully apply reply fly lonely likely really rely bully wobbly "
    "need feed seed indeed speed exceed proceed bring sing groceries drugs pills tablets twins periods contractions waters movements mets secondaries".split()
)
_VOWELS = "aeiouy"


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without its inflection."""
    if (known := _IRREGULAR.get(word)) is not None:
        return known
    if word in _KEEP or len(word) < 4 or not word.isalpha():
        return word
    for suffix, change in _SUFFIXES:
        if word.endswith(suffix) and (bare := change(word[: -len(suffix)])):
            return _IRREGULAR.get(bare, bare)
    return _end(word)


def _end(word: str) -> str:
    """Drops a final e from longer words, as their -ing and -ed forms have none."""
    if len(word) > 5 and word.endswith("e") and _beats(word[:-1]) > 1:
        return word[:-1]
    return word


def _beats(word: str) -> int:
    return len(re.findall(r"[aeiouy]+", word))


def _verb(base: str) -> str:
    """The verb behind an -ing or -ed form: undouble, or give a short one its e back."""
    if len(base) < 2 or not any(vowel in base for vowel in _VOWELS) or base.endswith("e") and len(base) < 3:
        return ""
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "aeiouslfd":
        return base[:-1]
    short = _beats(base) == 1 and base[-1] not in "aeiouywxh" and base[-2] in _VOWELS
    if short and not (len(base) > 2 and base[-3] in _VOWELS):
        return base + "e"
    if _beats(base) == 1 and (base[-1] in "vcz" or base[-1] == "s" and base[-2] in _VOWELS) or base.endswith(("rg", "ns", "rs", "ps")) and _beats(base) == 1:
        return base + "e"
    return _end(base)


def _noun(base: str) -> str:
    return _end(base) if len(base) >= 3 and base[-1] not in "siu'" else ""


def _hissed(base: str) -> str:
    return base if base.endswith(("s", "x", "z", "ch", "sh")) and len(base) > 2 else ""


def _plain(base: str) -> str:
    return base if len(base) >= 3 else ""


def _past(base: str) -> str:
    return _verb(base) if not base.endswith("e") and len(base) >= 3 else ""


_SUFFIXES = (
    ("ness", _plain),
    ("ies", lambda base: base + "y" if len(base) > 1 else ""),
    ("ied", lambda base: base + "y" if len(base) > 1 else ""),
    ("ing", _verb),
    ("in'", _verb),
    ("es", _hissed),
    ("s", _noun),
    ("ed", _past),
    ("ily", lambda base: base + "y" if len(base) > 2 else ""),
    ("ly", _plain),
)
