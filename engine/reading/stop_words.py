"""Words that say nothing of the subject, in the languages that most documents are in."""

from __future__ import annotations

from functools import cache

from engine.reading.terms import terms

STOP_WORDS = frozenset(
    # English
    "a an and any are as at be been being both but by can could did do does doing done each either for from get gets "
    "give given gives go going gone got had has have having he her here hers him his how i if in into is it its itself "
    "just let lets made make makes many may me might more most much must my neither no nor not of on one ones only or "
    "other our out over own please shall she should so some such than that the their them then there these they this "
    "those though through to too under until up upon us very was way we well were what whats whatever when where "
    "whether which while who whom whose why will with within without would yes you your yours about above after again "
    "against all also although among another because before below between during ever every happen happens "
    "exactly actually really tell explain describe know want wants need needs find mean means meant say said says "
    "isnt arent dont doesnt didnt cant wont "
    # German
    "der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden wurde "
    "wurden "
    "hat haben hatte kann können muss müssen soll sollen darf dürfen ich du er sie es wir ihr man mich mir dich sich "
    "mein dein sein ihre im ins am zum zur vom von mit bei nach aus auf für über unter durch gegen ohne zu an in "
    "vor um "
    "als wie wenn weil dass ob wer wen wem was welche welcher welches wann wo warum wieso wozu viele viel nicht kein "
    "keine auch nur noch schon sehr so dann denn doch bitte gibt "
    # French, Spanish, Italian, Portuguese
    "le la les un une de du et ou est sont était ce cet cette ces qui que quoi quel quelle quels quelles quand comment "
    "pourquoi combien où dans sur sous avec sans pour par il elle ils elles nous vous je tu se ne pas plus au aux "
    "el los las una unos unas y o es son era fue del al que qué quién quien cuál cuáles cuando cuándo cómo dónde por "
    "para con sin su sus se lo no más cuánto cuántos cuánta cuántas "
    "il lo gli uno e è sono che chi cosa quale quali quanto quanti dove perché come di da con su per tra "
    "os uma do da dos das em no na qual quais quem onde quando porque "
    # Russian
    "и в во не на я он она они мы вы что кто как где когда почему зачем сколько какой какая какое какие это этот "
    "эта эти "
    "с со к ко у от до из за по о об для при ли же бы был была было были есть а но или его её их "
    # Arabic, Persian
    "ما ماذا من متى أين كم كيف لماذا هل هو هي هم في على إلى عن مع أن إن كان كانت هذا هذه ذلك تلك التي الذي و أو لا "
    "از به که را این آن است در با برای چه کی کجا چرا چند "
    # Hindi
    "क्या कौन कब कहाँ क्यों कैसे कितना कितने कितनी है हैं था थी थे का की के को में से पर और या यह वह एक "
    # Hebrew
    "מה מי מתי איפה למה מדוע איך כמה האם הוא היא הם של את על עם אל לא זה זאת יש ".split()
)


@cache
def stop_terms() -> frozenset[str]:
    """Return the words without a subject, as terms."""
    return frozenset(term for word in STOP_WORDS for term in terms(word))
