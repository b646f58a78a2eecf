"""What a thought of the policy does, judged by its words and its place: a heuristic, for the person watching only."""

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


def _pattern(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_NEAR = r"[^.!?。\n]{0,40}"
"""A few words of the same sentence."""
_NOT = r"(?:do|did|does|could|can|was|were|is|are|has|have)(?: not|n['’]?t)|cannot|unable to|failed to"

_ADMISSION = _pattern(
    rf"\b(?:{_NOT})\b{_NEAR}\b(?:find|found|know|known|determine|establish|tell|answer|confirm)\w*",
    r"\bno (?:exact |clear |definite |definitive |reliable |specific )?(?:answer|information|evidence|record)s?\b",
    r"\b(?:not|never) (?:found|known|specified|available|stated|mentioned|recorded)\b",
    rf"\b(?:nicht|kein\w*)\b{_NEAR}\b(?:gefunden|finden|bekannt|angegeben|auffindbar|ermitteln)\b",
    rf"\b(?:pas|rien|aucune?)\b{_NEAR}\b(?:trouv\w+|inform\w+|réponse)",
    rf"\bno\b{_NEAR}\b(?:encuentr\w+|encontr\w+|encontrad\w+|hay informaci\w+|se sabe)",
    rf"\b(?:non|não|niet|geen)\b{_NEAR}\b(?:trovat\w+|encontr\w+|gevonden|bekend)",
    r"не найден|не удалось найти|не нашл|没有找到|未找到|找不到|无法确定|見つかりません|わかりません|찾을 수 없",
)
_ADMITTING_WORDS = frozenset(
    "unknown unclear undetermined unanswerable n/a unbekannt unklar inconnu inconnue desconocido desconocida "
    "sconosciuto onbekend desconhecido неизвестно 未知 不明 不詳".split()
)
"""An answer that is nothing but one of these."""
_CHECK = _pattern(
    r"\b(?:verify|verifies|verifying|verification|confirm|confirms|confirming|confirmation|corroborat\w+)\b",
    r"\b(?:double|cross)[- ]?check\w*|\bcompare (?:it |this |that )?(?:with|to|against)\b",
    r"\b(?:another|other|second|further|independent|more)(?: independent| reliable)? (?:source|page|site)s?\b",
    r"\bmake sure\b|\bto be (?:sure|certain|safe)\b|\bagree(?:s|ment)? with\b",
    r"\b(?:überprüf|bestätig|nachprüf|gegenprüf)\w*|\b(?:weitere|andere|zweite)\w* quelle",
    r"\b(?:vérifi|confirm|recoup)\w+|\bautres? sources?\b|\botras? fuentes?\b|\baltr[ae] font[ei]\b",
    r"\b(?:verificar|comprobar|verificare|controleren|bevestigen)\b|провер|подтверд|друг\w+ источник",
    r"验证|核实|确认|查证|另一个来源|其他来源|確認|検証|확인",
)
_FAILED = _pattern(
    rf"\b(?:{_NOT})\b|, not\b",
    rf"\b(?:no|not|none|nothing|without)\b{_NEAR}\b(?:result|relevant|useful|helpful|information|related|mention|answer)",
    r"\b(?:irrelevant|unrelated|unhelpful|wrong|mistaken?|dead end|too (?:broad|narrow|general)|sadly)\b|unfortunately",
    r"\b(?:leider|nicht hilfreich|keine (?:relevanten|passenden|ergebnisse)|falsch|malheureusement|lamentablemente)\b",
    r"\b(?:por desgracia|purtroppo|helaas|infelizmente)\b|к сожалению|не помог|не содерж|没有|不相关|無関係|ありません",
)
_INSTEAD = _pattern(
    r"\binstead\b|\brather than\b|\b(?:rephras|reformulat|refin|broaden)\w*|\bnarrow\w* (?:it |this )?down\b",
    rf"\b(?:try|use|take|search|look|need)\b{_NEAR}\b(?:another|different\w*|alternative|more specific|again)\b",
    r"\b(?:different|another|alternative|new) (?:approach|query|search|keyword|angle|strategy|way|term|wording)s?\b",
    r"\b(?:stattdessen|anders|andere\w* (?:suche|wörter|begriffe|weg)|plutôt|autrement|autre (?:requête|recherche))\b",
    r"\b(?:en su lugar|otra (?:búsqueda|consulta)|invece|in plaats)\b|вместо|другой запрос|иначе|попробу",
    r"换一个|换个|改用|重新搜索|别的|別の|代わりに|다른",
)
_STEPS = _pattern(
    r"\bfirst(?:ly)?\b[\s\S]{0,300}\b(?:then|next|after (?:that|this|which)|second(?:ly)?|finally)\b",
    r"(?:^|\n)\s*(?:step\s*)?1[.):][\s\S]{0,300}\n\s*(?:step\s*)?2[.):]",
    r"\b(?:my|the|a|research|new) plan\b|\bbreak (?:it |this |the question )?down\b|\bstep[- ]by[- ]step\b",
    r"\b(?:zuerst|zunächst)\b[\s\S]{0,300}\b(?:dann|danach|anschließend)\b",
    r"\bd['’]abord\b[\s\S]{0,300}\b(?:ensuite|puis)\b|\bprimero\b[\s\S]{0,300}\b(?:luego|después)\b",
    r"сначала[\s\S]{0,300}(?:затем|потом)|首先[\s\S]{0,200}(?:然后|接着|再)|まず[\s\S]{0,200}(?:次に|その後)",
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
    failed = _FAILED.search(thought) is not None
    instead = _INSTEAD.search(thought) is not None
    if (failed and (instead or place.was_barren)) or (instead and place.was_barren):
        return ThoughtKind.CHANGE_OF_COURSE
    if _STEPS.search(thought):
        return ThoughtKind.PLANNING
    if _ADMISSION.search(thought):
        return ThoughtKind.ADMISSION
    return ThoughtKind.NEXT_STEP


def is_admission(answer: str) -> bool:
    """Whether an answer says that there is none."""
    folded = answer.strip().casefold().strip(".。!\"'")
    first = re.split(r"(?<=[.!?])\s|\n", answer.strip(), maxsplit=1)[0]
    return folded in _ADMITTING_WORDS or _ADMISSION.search(first) is not None


def last_sentence(thought: str, *, most: int = 200) -> str:
    """Return the end of a thought as a sentence of at most ``most`` characters: why its step was taken."""
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n+", thought) if part.strip()]
    if not sentences:
        return ""
    sentence = " ".join(sentences[-1].split())
    return sentence if len(sentence) <= most else sentence[: most - 1].rstrip() + "…"
