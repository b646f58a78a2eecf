"""Writing and checking: outline, parts, what is missing, the report; then every claim against what it cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from engine.agent.ending import caveats
from engine.agent.happening import Happening, happening
from engine.agent.roles import Brief
from engine.agent.sides import Agents, gap_side, joined_passages, web_queries, with_twins_joined
from engine.agent.state import RunState, with_checked_claims
from engine.citations.integrity import LookedFor, with_failures_moved_out, with_only_known_citations
from engine.citations.versions import next_number, section_with_each_claim, with_numbers
from engine.domain import (
    AmendmentKind,
    Claim,
    ClaimId,
    ClaimState,
    Report,
    Section,
    Side,
    SubQuestion,
    SubQuestionId,
)
from engine.events import (
    AmendmentFailed,
    ClaimChecked,
    ClaimRewritten,
    GapsFound,
    OutlineMade,
    ReportDrafted,
    ReportFinished,
    SectionWritten,
)

_GAPS_AT_ONCE = 3
_SAME = "The report came out as it was."
_UNTRANSLATED = "No sentence came out well enough in the other language, so the report stays as it was."
SAME_CHECK = "The sentence was checked again with everything that was found: nothing has changed."
_FAILING = frozenset({ClaimState.UNSUPPORTED, ClaimState.PARTLY})


def writing_step(state: RunState, *, agents: Agents) -> Iterator[Happening]:
    """Yield the next step of writing; each is stored, so that nothing is written twice."""
    writer, brief = agents.inward.roles.writer, brief_of(state)
    if state.outline is None or state.is_outline_stale:
        yield happening(OutlineMade(outline=writer.outline(brief)))
        return
    outline = state.outline
    unwritten = [index for index in range(len(outline.parts)) if index not in state.written]
    if unwritten:
        wanted = set(unwritten)
        for index, section in writer.sections(brief, outline, parts=unwritten):
            if index in wanted:
                wanted.remove(index)
                yield happening(SectionWritten(part=index, section=_numbered(section, state)))
        for index in sorted(wanted):
            part = outline.parts[index]
            empty = Section(title=part.title, claims=(), subquestion_id=part.subquestion_id)
            yield happening(SectionWritten(part=index, section=empty))
        return
    sections = [state.written[index] for index in range(len(outline.parts))]
    missing = _missing(state, writer.missing(brief, sections), agents=agents) if _may_deepen(state) else ()
    if missing:
        words = "; ".join(f"“{one.text}”" for one in missing)
        yield happening(GapsFound(subquestions=missing, reason=f"Found missing while writing: {words}"))
        return
    report = writer.report(brief, outline, sections)
    yield happening(ReportDrafted(report=drafted(state, report, limits=agents.inward.roles.caveats)))


def drafted(state: RunState, report: Report, *, limits: tuple[str, ...] = ()) -> Report:
    """Return a report as it is stored: it cites only what was read, and its claims have their numbers.

    Args:
        state: of the run.
        report: as a writer or an editor made it.
        limits: what a reader must know of who played the roles.
    """
    said = (*caveats(state), *limits)
    report = replace(with_only_known_citations(report, state.passages), caveats=said, unwritten=())
    return with_numbers(report, before=[version.report for version in state.versions])


def _numbered(section: Section, state: RunState) -> Section:
    """Return a part with numbers that no other part has, until the report is put together."""
    taken = max((claim.id for one in state.written.values() for claim in one.all_claims), default=0)
    numbers = iter(range(taken + 1, taken + 10_000_000))

    def numbered(claim: Claim) -> Claim:
        return replace(claim, id=ClaimId(next(numbers)))

    return section_with_each_claim(section, numbered)


# --- what is missing ---------------------------------------------------------------------------------------------


def _may_deepen(state: RunState) -> bool:
    return state.deepenings < state.budget.deepenings and not state.write_requested and gap_side(state) is not None


def _missing(state: RunState, questions: Sequence[str], *, agents: Agents) -> tuple[SubQuestion, ...]:
    """Return what the writer misses as sub-questions, without those that were researched."""
    known = {_in_short(episode.subquestion.text) for episode in state.episodes} | {_in_short(state.question)}
    side = gap_side(state)
    assert side is not None
    found: list[SubQuestion] = []
    for text in questions:
        if _in_short(text) in known or len(found) == _GAPS_AT_ONCE:
            continue
        known.add(_in_short(text))
        found.append(further_subquestion(state, text, side=side, agents=agents, place=len(found)))
    return tuple(found)


def further_subquestion(state: RunState, text: str, *, side: Side, agents: Agents, place: int = 0) -> SubQuestion:
    """Return a question as one more sub-question of a run, with the queries that its planner makes of it.

    Args:
        state: of the run.
        text: of the question.
        side: where it is researched.
        agents: who researches it.
        place: how many others are added before it in the same step.
    """
    proposed = agents.of(side).roles.planner.plan(text, max_subquestions=1).plan.subquestions
    highest = max((episode.subquestion.id for episode in state.episodes), default=0)
    one = SubQuestion(
        id=SubQuestionId(highest + 1 + place), text=text, queries=proposed[0].queries if proposed else (), side=side
    )
    return replace(one, queries=web_queries(one)) if side is Side.WEB else one


def _in_short(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


# --- checking ----------------------------------------------------------------------------------------------------


def checking_step(state: RunState, *, agents: Agents) -> Iterator[Happening]:
    """Yield what becomes of the next claim that is not checked; after the last one the report is finished."""
    assert state.draft is not None
    done = {claim.id for claim in state.checked}
    claim = next((one for one in state.draft.claims if one.id not in done and one.state is ClaimState.UNCHECKED), None)
    if claim is None:
        yield happening(_end_of_checking(state))
        return
    brief, roles = brief_of(state), agents.inward.roles
    judged = roles.judge.check(claim, brief)
    if judged.state in _FAILING and not claim.former and not _is_in_other_words(state):
        again = roles.writer.rewrite(judged, brief)
        if again is not None and again.text.strip() and again.text != claim.text and again.passages:
            # What a reader has seen keeps its number, and other words get another one.
            was_seen = bool(state.versions)
            reports = (*(version.report for version in state.versions), state.draft)
            rewritten = replace(
                again,
                id=next_number(reports) if was_seen else claim.id,
                state=ClaimState.UNCHECKED,
                former=claim.text,
                remark="",
                based_on=(claim.id,) if was_seen else claim.based_on,
                passages=tuple(number for number in again.passages if number in brief.passages) or claim.passages,
            )
            yield happening(ClaimRewritten(claim=rewritten, replaces=claim.id))
            return
    yield happening(ClaimChecked(claim=judged))


def _end_of_checking(state: RunState) -> ReportFinished | AmendmentFailed:
    report = _finished(state)
    amending = state.amending
    if amending is not None and state.versions:
        before = state.versions[-1].report
        if amending.kind is AmendmentKind.TRANSLATE and _texts(report) == _texts(before):
            return AmendmentFailed(amendment=amending, reason=_UNTRANSLATED)
        if _says_the_same(report, before):
            is_check = amending.kind is AmendmentKind.CHECK
            return AmendmentFailed(amendment=amending, reason=SAME_CHECK if is_check else _SAME)
    return ReportFinished(report=report, amendment=amending)


def _texts(report: Report) -> list[str]:
    return [claim.text for claim in report.claims]


def _says_the_same(one: Report, other: Report) -> bool:
    """Whether two reports differ in nothing but the order of what is not established, and in what was looked for."""
    if replace(one, gaps=()) != replace(other, gaps=()):
        return False
    first, second = ({(gap.question, gap.claim) for gap in report.gaps} for report in (one, other))
    return first == second


def _is_in_other_words(state: RunState) -> bool:
    """Whether the report says a version before it in other words: what fails is then said in the old ones."""
    return state.amending is not None and state.amending.kind in (AmendmentKind.TRANSLATE, AmendmentKind.SHORTEN)


def _finished(state: RunState) -> Report:
    assert state.draft is not None
    checked = with_checked_claims(state.draft, state.checked)
    before = state.versions[-1].report if _is_in_other_words(state) and state.versions else None
    return with_failures_moved_out(checked, looked_for=_looked_for(state), before=before)


def _looked_for(state: RunState) -> Mapping[SubQuestionId | None, LookedFor]:
    episodes = with_twins_joined(state.episodes)
    found: dict[SubQuestionId | None, LookedFor] = {
        one.subquestion.id: LookedFor(
            queries=tuple(dict.fromkeys(ran.query for ran in one.searches)), sources_read=len(one.read)
        )
        for one in episodes
    }
    found[None] = LookedFor(
        queries=tuple(dict.fromkeys(ran.query for one in episodes for ran in one.searches)),
        sources_read=sum(len(one.read) for one in episodes),
    )
    return found


def brief_of(state: RunState) -> Brief:
    """Return everything that may be used for a report."""
    return Brief(
        question=state.question,
        episodes=with_twins_joined(state.episodes),
        passages=joined_passages(state),
        sources=state.sources,
    )
