import pytest

from engine.agent.model_roles.thoughts import Place, is_admission, last_sentence, thought_kind
from engine.events import ThoughtKind


def kind_of(thought, *, answer="", **where):
    place = {"is_first": False, "is_answer": bool(answer), "has_evidence": True, "was_barren": False} | where
    return thought_kind(thought, place=Place(**place), answer=answer)


@pytest.mark.parametrize(
    "thought",
    [
        "To answer this, I first need to find who directed the film, and then look up where that person was born.",
        "Two things are to be found here:\n1. the year of the treaty\n2. who was king then",
        "I should break this down: the bridge, its engineer, and the engineer's teacher.",
        "Zuerst muss ich den Regisseur finden, danach seinen Geburtsort.",
        "首先要找到这部电影的导演，然后再查他的出生地。",
        "D'abord il faut trouver le réalisateur, ensuite sa ville natale.",
    ],
)
def test_a_thought_that_lays_out_steps_is_planning(thought):
    assert kind_of(thought) is ThoughtKind.PLANNING


def test_the_first_thought_of_an_episode_is_planning_whatever_it_says():
    assert kind_of("Herons nest somewhere.", is_first=True, has_evidence=False) is ThoughtKind.PLANNING


@pytest.mark.parametrize(
    "thought",
    [
        "The page says 1894. I should verify this with another source before answering.",
        "Wikipedia gives Otto Neumann as the author; let me double-check on a second page.",
        "This looks right, but to be sure I will look for further independent sources.",
        "Die Seite nennt 1894; ich will das mit einer weiteren Quelle überprüfen.",
        "La page donne 1894. Il faut vérifier cela.",
        "页面上写的是1894年，我需要再核实一下。",
        "Нужно проверить это в другом источнике.",
    ],
)
def test_looking_for_a_known_answer_elsewhere_is_a_cross_check(thought):
    assert kind_of(thought) is ThoughtKind.CROSS_CHECK


def test_nothing_can_be_cross_checked_while_nothing_was_found():
    assert kind_of("I need to confirm who wrote it.", has_evidence=False) is ThoughtKind.NEXT_STEP


def test_a_step_after_a_second_look_was_asked_for_is_a_cross_check():
    assert kind_of("The museum's page may have the year.", second_look=True) is ThoughtKind.CROSS_CHECK


@pytest.mark.parametrize(
    "thought",
    [
        "The results are about the river, not the bridge. Let me try a more specific query instead.",
        "None of these pages mention the engineer. I will use different keywords.",
        "The search did not return anything on the 1912 edition; I'll rephrase it.",
        "Unfortunately these are all about another person with the same name. A different approach is needed.",
        "Leider sind das die falschen Ergebnisse; ich versuche es stattdessen mit dem Namen des Verlags.",
        "搜索结果不相关，我换一个关键词再搜索。",
    ],
)
def test_leaving_what_did_not_work_is_a_change_of_course(thought):
    assert kind_of(thought) is ThoughtKind.CHANGE_OF_COURSE


def test_a_barren_step_makes_a_complaint_a_change_of_course():
    thought = "This page does not name the engineer. I will search for the company."
    assert kind_of(thought, was_barren=True) is ThoughtKind.CHANGE_OF_COURSE


@pytest.mark.parametrize(
    "thought",
    [
        "I could not find the exact date so far, the archive may list it.",
        "There is no reliable information on his birthplace so far. The parish register is next.",
        "Das Geburtsjahr ist nirgends angegeben; ich habe es nicht gefunden.",
    ],
)
def test_saying_what_is_not_known_is_an_admission(thought):
    assert kind_of(thought) is ThoughtKind.ADMISSION


@pytest.mark.parametrize(
    "thought",
    [
        "The second result looks like the official page. I will open it.",
        "Now I need the population of the town in 1900.",
        "",
    ],
)
def test_anything_else_is_the_next_step(thought):
    assert kind_of(thought) is ThoughtKind.NEXT_STEP


@pytest.mark.parametrize(
    "answer",
    [
        "unknown",
        "Not found.",
        "I could not find the answer.",
        "No reliable information was found on this.",
        "The exact date is not known",
        "Nicht gefunden",
        "Aucune information trouvée",
        "未找到",
        "N/A",
    ],
)
def test_an_answer_that_there_is_none_is_an_admission(answer):
    assert is_admission(answer)
    assert kind_of("I give up.", answer=answer) is ThoughtKind.ADMISSION


@pytest.mark.parametrize(
    "answer",
    [
        "1894",
        "No",
        "Not Fade Away",
        "The Unknown Soldier",
        "None",
        "Otto Neumann. The year could not be found.",
        "没",
    ],
)
def test_an_answer_is_an_answer(answer):
    assert not is_admission(answer)
    assert kind_of("Good.", answer=answer) is ThoughtKind.ANSWER


def test_the_reason_of_a_step_is_the_last_sentence_of_its_thought():
    assert last_sentence("It is a river. I will  look\tfor its bridge.") == "I will look for its bridge."
    assert last_sentence("那是一条河。我去找桥。") == "我去找桥。"
    assert last_sentence("") == ""
    long = last_sentence("word " * 100)
    assert len(long) <= 200
    assert long.endswith("…")
