"""What becomes of a reply that was understood: it is carried out, sent back, looked at again, or ends the episode."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.agent.model_roles.profiles.frame import Profile
from engine.agent.model_roles.progress import BARREN_READINGS, SAME_PAGE, SAME_QUERY, Look, Progress
from engine.agent.model_roles.protocol import Answer, BrowseCall, Malformed, SearchCall, Understood
from engine.agent.model_roles.repetition import query_key
from engine.agent.model_roles.thoughts import is_admission, last_sentence
from engine.agent.roles import Action, Browse, Conclude, LookAgain, Reject, Said, Search
from engine.counting import counted

_NO_CALLS = "No tool calls are left. Give your answer."
_NO_SEARCHES = "No searches are left. Read pages that were found, or answer."
_UNKNOWN_PAGE = "Only urls from the search results can be opened."
_NO_PAGES = "There is no page to open yet. Search first."
_LOOK_REASONS = {
    Look.NOTHING_READ: "Nothing that was read supports its answer, so it was asked to read a source first.",
    Look.ONE_SOURCE: "Its answer rests on one source, so it was asked to check another.",
}
_ENDS = {
    SAME_QUERY: "The model searched for the same thing again.",
    SAME_PAGE: "The model opened the same source again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where a reply was given."""

    progress: Progress
    profile: Profile
    corrections: int
    """Replies that may be sent back in one episode."""

    def judged(self, parsed: Understood, *, said: Said) -> Action:
        """Return what becomes of a reply."""
        match parsed.step:
            case SearchCall(queries=queries):
                return self._search(queries, said)
            case BrowseCall(names=names):
                return self._browse(names, said)
            case Answer(text=text):
                return self._answer(text, said)
            case Malformed(problem=problem):
                return self.rejected(said, f"{problem} {self.profile.reminder}")

    def rejected(self, said: Said, problem: str) -> Action:
        """Send a reply back, or end the episode where enough were sent back."""
        if self.progress.rejections < self.corrections:
            return Reject(reply=said.reply, problem=problem)
        told = counted(self.progress.rejections + 1, "reply", "replies")
        reason = f"The model went wrong in {told} and could not be put right."
        return replace(self._ended(said, reason), model_failed=True)

    def _search(self, queries: tuple[str, ...], said: Said) -> Action:
        progress = self.progress
        if not progress.calls_left():
            return self.rejected(said, _NO_CALLS)
        if not progress.searches_left:
            return self.rejected(said, _NO_SEARCHES)
        most = min(self.profile.queries_at_once, progress.searches_left)
        by_key = {query_key(query): query for query in reversed(queries[: self.profile.queries_at_once])}
        fresh = [query for query in queries if by_key.get(query_key(query)) == query]
        new = tuple(dict.fromkeys(query for query in fresh if query_key(query) not in progress.queries))
        if not new:
            return self._repeated(said, SAME_QUERY, "Use other words, read a page, or answer.")
        return Search(queries=new[:most], reason=_reason(said, "The model's next search."), said=said)

    def _browse(self, names: tuple[str, ...], said: Said) -> Action:
        progress = self.progress
        if not progress.calls_left():
            return self.rejected(said, _NO_CALLS)
        known = [address for name in names if (address := progress.book.address(name)) is not None]
        if not known:
            return self.rejected(said, _UNKNOWN_PAGE if progress.shown else _NO_PAGES)
        new = [address for address in dict.fromkeys(known) if address not in progress.opened]
        if not new:
            return self._repeated(said, SAME_PAGE, "Open another page, search for something else, or answer.")
        new = new[: min(self.profile.pages_at_once, progress.sources_left)]
        reason = _reason(said, "The model chose it.")
        return Browse(address=new[0], also=tuple(new[1:]), reason=reason, said=said)

    def _answer(self, text: str, said: Said) -> Action:
        progress = self.progress
        witnesses = progress.witnesses()
        look = progress.look()
        if progress.calls_left() and look not in progress.looks and self._is_worth_a_look(text, witnesses):
            return LookAgain(said=said, reason=_LOOK_REASONS[look])
        if is_admission(text):
            return Conclude(found=False, answer=text, reason="The model says that it found no answer.", said=said)
        if not witnesses:
            reason = "The model answered, but nothing that was read supports its answer."
        elif witnesses == 1:
            reason = "The model answered from one source only."
        else:
            reason = f"The model answered from {counted(witnesses, 'source')}."
        return Conclude(found=witnesses > 0, answer=text, reason=reason, said=said)

    def _is_worth_a_look(self, text: str, witnesses: int) -> bool:
        """An admission is believed, unless nothing that was found has been opened."""
        if is_admission(text):
            return not self.progress.opened and bool(self.progress.unopened())
        return witnesses <= 1

    def _repeated(self, said: Said, problem: str, advice: str) -> Action:
        if problem in self.progress.told:
            return self._ended(said, _ENDS[problem])
        return self.rejected(said, f"{problem} {advice}")

    def _ended(self, said: Said, reason: str) -> Conclude:
        return Conclude(found=bool(self.progress.passages), reason=f"{reason} {_rest(self.progress)}", said=said)


def stagnation(progress: Progress) -> Conclude | None:
    """Return the end of an episode that brings nothing new, also after another course was taken; else None."""
    if progress.barren < 2 * BARREN_READINGS:
        return None
    reason = f"The last {counted(progress.barren, 'source')} had nothing new. {_rest(progress)}"
    return Conclude(found=bool(progress.passages), reason=reason)


def _rest(progress: Progress) -> str:
    witnesses = progress.witnesses()
    if not witnesses:
        return "Nothing was found before that."
    return f"What {counted(witnesses, 'source')} had is kept."


def _reason(said: Said, otherwise: str) -> str:
    return last_sentence(said.thought) or otherwise
