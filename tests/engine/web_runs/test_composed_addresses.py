"""Addresses that somebody composes from what was read: three hundred, at each of the three places that refuse them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote, urlsplit

import pytest
from scripted_model import ScriptedModel
from web_scenes import HONEST, QUESTION, Bench, cast_of

from engine.agent.extractive import extractive_roles
from engine.agent.roles import Action, Browse, EpisodeView, Roles, Search
from engine.casting import Cast
from engine.domain import Obstacle, Reach, Scope
from engine.errors import DocumentUnreadable
from engine.events import EpisodeEnded, ReplyRejected, SourceFailed, SourceRead
from engine.network.addresses import AddressRefused, parse_address
from engine.network.entry import Verdict
from engine.network.gate import Origin, Purpose
from engine.web.known import Known
from engine.web.politeness import Manners
from models.chat import ChatRequest, Lane, Speaker
from models.http import ConnectionProblem, Trouble

KNOWN = tuple(HONEST)
READ = "the third oak behind the old mill of harrowgate where four eggs were counted".split()


def composed(count: int, *, seed: int = 7) -> tuple[str, ...]:
    """Return addresses made of known ones and of words that were read; none is a known one in other letters."""
    chance = random.Random(seed)
    known = {parse_address(address).canonical for address in KNOWN}
    made: dict[str, None] = {}
    while len(made) < count:
        address = _one(chance)
        try:
            if parse_address(address).canonical in known:
                continue
        except AddressRefused:
            pass
        made[address] = None
    return tuple(made)


def _one(chance: random.Random) -> str:
    base = chance.choice(KNOWN)
    parts = urlsplit(base)
    words = "-".join(chance.sample(READ, 3))
    host, path = parts.hostname or "", parts.path
    return chance.choice(
        (
            f"{base}?q={quote(words)}",
            f"{base}/{words}",
            f"{base};{words}",
            f"{base}.{words}",
            f"{base}%2f{words}",
            f"{base}/../{words}",
            f"{base}//",
            f"{base}?",
            f"http://{host}/{words}",
            f"http://{words}.{host}{path}",
            f"http://{host}.{words}.example{path}",
            f"http://{host}@{words}.example{path}",
            f"http://{words}:{words}@{host}{path}",
            f"http://{host}:8080{path}",
            f"https://{host}{path}?{words}",
            f"http://{host}\\@{words}.example/",
            f"http:/{words}.example{path}",
            f"//{words}.example{path}",
            f"ftp://{host}{path}?{words}",
            f"http://{host}{path.upper()}{words}",
            f"http://{host}/redirect?to=http://{words}.example/",
            f"http://{words}.example/#{base}",
            f"http://{host}\u3002{words}.example{path}",
            f"data:text/html,{words}",
            f"file:///home/{words}",
            f"{base}\t{words}",
        )
    )


class Composer:
    """Plays the policy: searches, then opens addresses of its own making, hidden behind one that was found."""

    def __init__(self, addresses: Sequence[str], *, after: bool) -> None:
        self._addresses = tuple(addresses)
        self._after = after

    def next_action(self, view: EpisodeView) -> Action:
        if not view.episode.searches:
            return Search(queries=(QUESTION,), reason="To begin with.")
        if self._after:
            found = view.episode.searches[0].results[0].address
            return Browse(address=found, also=self._addresses, reason="I made some of them up.")
        return Browse(address=self._addresses[0], also=self._addresses[1:], reason="I made it up.")


def led_by(policy: Composer) -> Cast:
    def make(statistics, _control) -> Roles:
        return replace(extractive_roles(statistics), policy=policy)

    return Cast(name="A policy that composes addresses", make=make)


def only_known(bench: Bench) -> bool:
    return set(bench.small.pages) <= set(KNOWN) and set(bench.web.resolved) <= {
        "search.example",
        *(urlsplit(address).hostname for address in KNOWN),
    }


def test_300_that_a_model_composes_are_sent_back_to_it_before_the_loop_hears_of_them(bench, tmp_path):
    waiting = list(composed(300))
    told: list[str] = []

    def script(request: ChatRequest) -> str:
        if request.lane is not Lane.POLICY:
            return "whole\nwhy: it is one question" if "plan" in request.prompt.messages[0].text else "none"
        turns = sum(message.speaker is Speaker.ASSISTANT for message in request.prompt.messages)
        if not turns:
            return _call("web_search", "query", [QUESTION])
        batch, waiting[:25] = waiting[:25], []
        told.extend(batch)
        return _call("browse_webpage", "url_list", batch)

    rejected = 0
    with bench.desk(tmp_path / "data") as desk:
        while waiting:
            run_id = desk.run(reach=Reach.WEB, cast=cast_of(ScriptedModel(script)))
            trace = desk.trace(run_id)
            rejected += sum(isinstance(stored.event, ReplyRejected) for stored in trace)
            # One that differs from a known address by a slash or a fragment only is taken for that address.
            assert {one.event.source.address for one in trace if isinstance(one.event, SourceRead)} <= set(KNOWN)
            assert not any(isinstance(stored.event, SourceFailed) for stored in trace)
        refused = desk.door.ledger.entries(refused_only=True, limit=1_000)
    assert len(told) == 300 and rejected >= 9
    assert refused == ()  # none reached the door
    assert only_known(bench)


def _call(name: str, key: str, values: Sequence[str]) -> str:
    call = json.dumps({"name": name, "arguments": {key: list(values)}})
    return f" I go on. </think>\n<tool_call>\n{call}\n</tool_call>"


def test_300_behind_one_that_was_found_are_left_out_by_the_loop(bench, tmp_path):
    addresses = composed(300, seed=8)
    with bench.desk(tmp_path / "data") as desk:
        run_id = desk.run(reach=Reach.WEB, cast=led_by(Composer(addresses, after=True)))
        read = [stored.event for stored in desk.trace(run_id) if isinstance(stored.event, SourceRead | SourceFailed)]
        refused = desk.door.ledger.entries(refused_only=True, limit=1_000)
    assert len(read) == 1
    assert refused == ()
    assert only_known(bench)


def test_one_that_a_policy_asks_for_outright_ends_its_episode(bench, tmp_path):
    for number, address in enumerate(composed(12, seed=9)):
        with bench.desk(tmp_path / str(number)) as desk:
            run_id = desk.run(reach=Reach.BOTH, cast=led_by(Composer([address], after=False)))
            ends = [stored.event.reason for stored in desk.trace(run_id) if isinstance(stored.event, EpisodeEnded)]
        assert ends[0] == "A source was chosen that no search had returned."
    assert only_known(bench)


def test_300_at_the_door_itself_are_refused_and_written_down(bench, tmp_path):
    addresses = composed(300, seed=10)
    troubles = []
    with bench.desk(tmp_path / "data") as desk:
        gate = desk.door.admit("run", reach=Reach.BOTH)
        gate.learn(KNOWN, origin=Origin.SEARCHED)
        gate.learn(addresses, origin=Origin.LINKED)  # counts for nothing where private files are read
        with gate.client(Purpose.PAGE) as client:
            for address in addresses:
                with pytest.raises(ConnectionProblem) as caught:
                    client.open(address)
                troubles.append(caught.value.trouble)
        entries = desk.door.ledger.entries("run", limit=1_000)
    assert set(troubles) <= {Trouble.NOT_ALLOWED, Trouble.ADDRESS}
    assert len(entries) == 300
    assert {entry.verdict for entry in entries} == {Verdict.REFUSED}
    assert bench.web.requests == [] and bench.web.resolved == [] and bench.web.dialled == []


def test_whoever_opens_pages_past_the_loop_is_refused_at_the_door(bench, tmp_path):
    addresses = [address for address in composed(60, seed=11) if address.startswith("http://")]
    with bench.desk(tmp_path / "data") as desk:
        desk.web.fetching._haste = Manners(pause_s=0.0, pages_per_host=1_000)
        side = desk.web.enter("run", scope=Scope(reach=Reach.BOTH), known=Known(), is_cancelled=never)
        try:
            for _ in side.searcher.search_all((QUESTION,), limit=10):
                pass
            answers = list(side.opener.open_all(addresses))
        finally:
            side.close()
        refused = desk.door.ledger.entries("run", refused_only=True, limit=1_000)
    assert all(isinstance(answer, DocumentUnreadable) for answer in answers)
    assert {answer.obstacle for answer in answers} <= {Obstacle.REFUSED, Obstacle.OTHER}
    assert len(refused) > len(addresses) / 2
    assert bench.small.pages == []
    # The rules of a site that is known may be read; that tells nobody which of its addresses was meant.
    assert {asked.target for asked in bench.web.requests if asked.host != "search.example"} <= {"/robots.txt"}
    assert only_known(bench)


def never() -> bool:
    return False


def test_the_addresses_are_all_different_and_of_every_form():
    addresses = composed(300)
    assert len(set(addresses)) == 300
    assert len({urlsplit(address).scheme for address in usable(addresses)}) >= 5


def usable(addresses: Sequence[str]) -> Iterator[str]:
    for address in addresses:
        try:
            urlsplit(address)
        except ValueError:
            continue
        yield address
