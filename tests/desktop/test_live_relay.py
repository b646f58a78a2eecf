import threading

from PySide6.QtCore import QElapsedTimer

from desktop.live_relay import Live, LiveRelay, readable
from engine.agent.live import LiveWords, RoleName


def heard(qtbot, relay: LiveRelay) -> list[Live | None]:
    told: list[Live | None] = []
    relay.changed.connect(told.append)
    return told


def words(text: str, *, role: RoleName = RoleName.POLICY, about: str = "", begins: bool = False) -> LiveWords:
    return LiveWords(role=role, about=about, text=text, begins=begins)


def test_words_are_gathered_and_told_together(qtbot):
    relay = LiveRelay()
    told = heard(qtbot, relay)
    relay.hear(words("", begins=True))
    for piece in ("I ", "should ", "search."):
        relay.hear(words(piece))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [Live(what="Thinking", text="I should search.")]


def test_what_comes_from_another_thread_is_told_at_most_thirty_times_a_second(qtbot):
    relay = LiveRelay()
    told = heard(qtbot, relay)
    pause = threading.Event()

    def speak() -> None:
        for _ in range(200):
            relay.hear(words("word "))
            pause.wait(0.002)

    clock = QElapsedTimer()
    clock.start()
    speaking = threading.Thread(target=speak)
    speaking.start()
    qtbot.waitUntil(lambda: bool(told) and told[-1] is not None and told[-1].text.count("word") == 200, timeout=10_000)
    speaking.join()
    assert len(told) <= 1 + clock.elapsed() / 33


def test_a_step_that_ended_takes_its_words_away_and_not_those_of_the_next(qtbot):
    relay = LiveRelay()
    told = heard(qtbot, relay)
    relay.hear(words("the first thought"))
    relay.end_step()
    qtbot.waitUntil(lambda: relay.live is None and not relay._timer.isActive())
    relay.hear(words("one"))
    relay.end_step()
    relay.hear(words("two", begins=True))
    qtbot.waitUntil(lambda: bool(told) and told[-1] is not None)
    assert told[-1] == Live(what="Thinking", text="two")


def test_of_several_sources_read_together_one_is_followed_while_it_has_words(qtbot):
    relay = LiveRelay()
    told = heard(qtbot, relay)
    relay.hear(words("", role=RoleName.READER, about="Herons", begins=True))
    relay.hear(words("3, 4", role=RoleName.READER, about="Herons", begins=True))
    relay.hear(words("7", role=RoleName.READER, about="Otters", begins=True))
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] == Live(what="Reading “Herons”", text="3, 4", others=1)
    relay.hear(words(", 9", role=RoleName.READER, about="Otters"))
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told[-1] == Live(what="Reading “Otters”", text="7, 9", others=1)


def test_the_tags_of_the_form_are_not_shown():
    said = readable('Where is it?</think>\n<tool_call>{"name": "web_search"}</tool_call>')
    assert "<" not in said
    assert said.startswith("Where is it?")
    assert '→ {"name": "web_search"}' in said
