"""What a report says of itself: what was looked for and not established, and how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.agent.episode_state import Episode
from engine.agent.model_roles.asking import shown
from engine.agent.model_roles.writer_evidence import has_found
from engine.agent.model_roles.writer_language import is_other_language
from engine.agent.roles import Brief
from engine.agent.table_cells import table_gaps
from engine.counting import and_more, counted
from engine.domain import Claim, Gap, Outline, PassageId, Section, SubQuestionId
from models.chat import ModelAbout

_TITLE_CHARACTERS = 120
_MOST_TITLES = 4


@dataclass(slots=True, kw_only=True)
class Notes:
    """What the reader should know of how the parts were written, and cannot see from them; by title."""

    dropped: dict[str, int] = field(default_factory=dict)
    """Sentences that named no source."""
    unshown: dict[SubQuestionId | None, int] = field(default_factory=dict)
    """Passages that had no room after all when a part was written."""
    unheard: int = 0
    """Sentences of the parts for which there was no room when the answer was written."""


def gaps_of(brief: Brief, outline: Outline, sections: Sequence[Section], notes: Notes) -> tuple[Gap, ...]:
    """Return what was looked for and not established, and for what there was no room."""
    found: dict[SubQuestionId, list[PassageId]] = {}
    for passage in brief.passages.values():
        if passage.source_id in brief.sources:
            found.setdefault(passage.subquestion_id, []).append(passage.id)
    outlined = {number for part in outline.parts for number in part.passages}
    cited = {number for section in sections for claim in section.all_claims for number in claim.passages}
    gaps: list[Gap] = []
    for episode in brief.episodes:
        passages = found.get(episode.subquestion.id, [])
        is_written = not cited.isdisjoint(passages)
        if not is_written or not has_found(episode):
            gaps.append(_gap(episode, _gap_reason(episode, has_passages=bool(passages), is_written=is_written)))
        left_out = sum(number not in outlined for number in passages) + notes.unshown.get(episode.subquestion.id, 0)
        if passages and left_out:
            more = counted(left_out, "more passage")
            reason = f"There was no room for {more}, the least relevant ones, when this part was written."
            gaps.append(_gap(episode, reason))
    return (*gaps, *(gap for section in sections for gap in table_gaps(section, brief)))


def made_by(
    about: ModelAbout | None, question: str, answer: Sequence[Claim], sections: Sequence[Section], notes: Notes
) -> str:
    """Return who wrote the answer and the sections, for the reader; nobody where there is no model to tell of."""
    if about is None:
        return "Plumbline; nothing was found that a language model could have written about."
    where = "on a server" if about.is_remote else "on this computer"
    said = [
        f"{about.name}, a language model {where}: it wrote the sentences from the passages they cite, "
        "and each was checked against them."
    ]
    if about.test_only:
        said.append("This model is made for tests only.")
    quoted = [one.title for one in sections if one.claims and all(claim.is_quotation for claim in one.claims)]
    if quoted:
        said.append(f"It wrote nothing usable on {_titles(quoted)}: there, passages are quoted word for word.")
    foreign = [one.title for one in sections if _is_in_other_language(one.claims, question)]
    if foreign or _is_in_other_language(answer, question):
        what = _titles(foreign) if foreign else "the answer"
        said.append(f"It wrote {what} in another language than that of the question.")
    if notes.unheard:
        said.append(f"The answer was written without the last {counted(notes.unheard, 'sentence')}, for want of room.")
    if dropped := sum(notes.dropped.values()):
        said.append(f"{counted(dropped, 'sentence')} that named no source {_were(dropped)} left out.")
    return " ".join(said)


def _is_in_other_language(claims: Sequence[Claim], question: str) -> bool:
    """Whether what a model wrote is clearly in another language than the question."""
    own = " ".join(claim.text for claim in claims if not claim.is_quotation)
    return bool(own) and is_other_language(own, question)


def _gap(episode: Episode, reason: str) -> Gap:
    return Gap(
        question=episode.subquestion.text,
        queries=tuple(dict.fromkeys(search.query for search in episode.searches)),
        sources_read=len(episode.read),
        reason=reason,
    )


def _gap_reason(episode: Episode, *, has_passages: bool, is_written: bool) -> str:
    if has_passages and not is_written:
        return "What was found does not answer it, in the language model's judgement."
    if has_passages:
        return "What was found is near the question, but no answer was established."
    if not episode.searches:
        return "It was not searched for."
    if not any(search.results for search in episode.searches):
        return "No document has the words that were searched for."
    if not episode.read:
        return "The documents that may hold it could not be read." if episode.failed else "Nothing was read."
    return "What was read has nothing on it."


def _titles(titles: Sequence[str]) -> str:
    return and_more([f"“{shown(title, limit=_TITLE_CHARACTERS)}”" for title in titles], limit=_MOST_TITLES)


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
