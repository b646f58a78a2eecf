"""What a thought of the policy does, judged by its words and its place; a heuristic, and only for the person watching."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.events import ThoughtKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in an episode a thought stands."""

    is_first: bool
    is_answer: bool
    """Whether it ends in an answer."""
    has_evidence: bool
    was_barren: bool
    """Whether the last step before it brought nothing."""
    second_look: bool = False
    """Whether another look was just asked for."""


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_ADMISSION = _words(
    r"\b(?:do|did|does|could|can|was|were|is)(?:n[o']t| not|n't)\b[^.]{0,40}\b(?:find|found|know|known|determin\w+|establish\w*|stat\w+|mention\w*|available|answer\w*)",
    r"\bcannot\b[^.]{0,40}\b(?:find|determine|answer|establish|confirm|say)\b",
    r"\bno (?:exact |clear |definite |reliable |direct )?(?:answer|information|evidence|data|record|source|mention)\b",
    r"\b(?:unknown|unclear|undetermined|not found|not specified|not available|unable to (?:find|determine|answer))\b",
    r"\b(?:nicht|kein\w*)\b[^.]{0,30}\b(?:gefunden|finden|bekannt|angegeben|auffindbar)\b",
    r"\b(?:unbekannt|unklar|inconnue?|desconocid[oa]|sconosciut[oa]|onbekend|desconhecid[oa])\b",
    r"\b(?:pas|rien|aucune?)\b[^.]{0,30}\b(?:trouvé\w*|information|réponse)\b",
    r"\bno (?:se )?(?:encuentr\w+|encontr\w+|hay informaci\w+)",
    r"(?:не найден|не удалось найти|неизвестн|не нашл)",
    r"(?:没有找到|未找到|找不到|未知|不清楚|見つから|不明)",
)
_CHECK = _words(
    r"\b(?:verif(?:y|ies|ied|ying|ication)|confirm\w*|corroborat\w+|validat\w+)\b",
    r"\b(?:double|cross)[- ]?check\w*",
    r"\b(?:another|other|second|further|independent|additional|more) (?:independent |reliable )?(?:source|sources|page|pages|site|sites)\b",
    r"\bmake sure\b|\bto be (?:sure|certain)\b",
    r"\b(?:überprüf\w*|bestätig\w*|nachprüf\w*|gegenprüf\w*|weitere quelle\w*|andere quelle\w*)",
    r"\b(?:vérifi\w+|confirme\w*|autre source|recouper)",
    r"\b(?:verificar|confirmar|comprobar|otra fuente|outra fonte|verificare|altra fonte|controleren|bevestigen)\b",
    r"(?:провер|подтверд|другой источник|другом источник)",
    r"(?:验证|核实|确认|查证|另一个来源|確認|検証)",
)
_FAILED = _words(
    r"\b(?:did|do|does|is|are|was|were|could|have|has)(?:n['o]t| not|n't)\b",
    r"\b(?:no|not|none|nothing|without)\b[^.]{0,30}\b(?:result|relevant|useful|helpful|information|related|new|mention\w*|answer)",
    r"\b(?:irrelevant|unrelated|unhelpful|wrong|failed|mistaken|mistake|dead end|too (?:broad|narrow|general)|unfortunately)\b",
    r"\b(?:leider|nicht hilfreich|keine (?:relevanten|passenden|ergebnisse)|falsch|malheureusement|lamentablemente|por desgracia|purtroppo|helaas|infelizmente)\b",
    r"(?:к сожалению|не помог|не содерж|没有(?:相关|找到|提到)|不相关|無関係|ありません)",
)
_INSTEAD = _words(
    r"\binstead\b|\brather than\b|\brephras\w+|\breformulat\w+|\brefin\w+|\bbroaden\w*|\bnarrow\w* (?:down|the)",
    r"\b(?:try|use|take|search|look|need|approach)\b[^.]{0,40}\b(?:another|different|differently|other|alternative|more specific|new|again)\b",
    r"\b(?:a )?(?:different|another|alternative|new) (?:approach|query|search|keyword|keywords|angle|strategy|way|term|terms|wording)\b",
    r"\b(?:stattdessen|anders\w*|andere\w* (?:suche|wörter|begriffe|weg)|plutôt|autrement|autre (?:requête|recherche|approche)|en su lugar|otra (?:búsqueda|consulta)|invece|in plaats)\b",
    r"(?:вместо|другой запрос|иначе|попробую|换一个|改用|重新搜索|别的|別の|代わりに)",
)
_STEPS = _words(
    r"\bfirst\b.{0,300}\b(?:then|next|after (?:that|this|which)|second(?:ly)?|finally)\b",
    r"(?:^|\n)\s*(?:step\s*)?1[.):].*\n\s*(?:step\s*)?2[.):]",
    r"\b(?:my|the|a|research) plan\b|\bbreak (?:it |this |the question )?down\b|\bstep[- ]by[- ]step\b",
    r"\b(?:zuerst|zunächst)\b.{0,300}\b(?:dann|danach|anschließend)\b",
    r"\bd'abord\b.{0,300}\b(?:ensuite|puis)\b|\bprimero\b.{0,300}\b(?:luego|después)\b",
    r"сначала.{0,300}(?:затем|потом)|首先.{0,200}(?:然后|接着|再)|まず.{0,200}(?:次に|その後)",
)


def thought_kind(thought: str, *, place: Place, answer: str = "") -> ThoughtKind:
    """Return what a thought does.

    Args:
        thought: its words.
        place: where it stands.
        answer: the answer that it ends in, if it does.
    """
    if place.is_answer:
        return ThoughtKind.ADMISSION if is_admission(answer) else ThoughtKind.ANSWER
    if place.is_first:
        return ThoughtKind.PLANNING
    if place.has_evidence and (place.second_look or _CHECK.search(thought)):
        return ThoughtKind.CROSS_CHECK
    failed = bool(_FAILED.search(thought))
    if _INSTEAD.search(thought) and (failed or place.was_barren):
        return ThoughtKind.CHANGE_OF_COURSE
    if place.was_barren and failed:
        return ThoughtKind.CHANGE_OF_COURSE
    if _STEPS.search(thought):
        return ThoughtKind.PLANNING
    if _ADMISSION.search(thought):
        return ThoughtKind.ADMISSION
    return ThoughtKind.NEXT_STEP


def is_admission(answer: str) -> bool:
    """Whether an answer says that there is none."""
    return bool(_ADMISSION.search(answer)) or answer.strip().casefold().rstrip(".") in {"none", "n/a", "unanswerable"}


def last_sentence(thought: str, *, most: int = 200) -> str:
    """Return the end of a thought as a sentence of at most ``most`` characters: why its step was taken."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?。！？])\s+|\n+", thought) if part.strip()]
    if not sentences:
        return ""
    sentence = sentences[-1]
    return sentence if len(sentence) <= most else sentence[: most - 1].rstrip() + "…"
