"""Exercises beside the recorded runs: names again and again, and many questions about one page.

What a run asks for once (to copy a name that was never seen, to point at a sentence) they ask for many times over, so
it is learnt in minutes.
"""

from __future__ import annotations

import random

from small_model.made_up_worlds import ATTRIBUTES, make_page_facts, name_maker, untrue_claims

_BEGINNING = (
    "<|im_start|>system\nYou mark the sentences of a page.<|im_end|>\n<|im_start|>user\nPage: {page}\nPart 1 of 1\n"
)
_JUDGED = "<|im_start|>system\nYou judge sentences.<|im_end|>\n<|im_start|>user\nPassages:\n"
_THEN = "<|im_end|>\n<|im_start|>assistant\n"


def drills(count: int, *, first: int = 0) -> list[dict[str, object]]:
    """Return exercises of all kinds, a third of each."""
    kinds = (copying, drill, judging)
    return [kinds[seed % 3](seed) for seed in range(first, first + count)]


def copying(seed: int) -> dict[str, object]:
    """Return a few names, many times over in the forms in which prompts have them; asked is all but how they begin."""
    draw = random.Random(f"copying {seed}")
    name = name_maker(draw, held_back=False)
    names = [name() for _ in range(draw.randint(3, 10))]
    pieces: list[tuple[str, bool]] = [
        ("<|im_start|>system\nNames.<|im_end|>\n<|im_start|>user\n" + " ".join(names), False)
    ]
    for _ in range(30):
        one = draw.choice(names)
        before, after = draw.choice(
            ((" ", ""), (' "', '"'), (" https://places.example/", ""), (" of ", "."), ("\n", ":"))
        )
        one = one.lower() if before.endswith("/") else one
        pieces += [(before + one[:2], False), (one[2:], True)]
        if after:
            pieces.append((after, False))
    return {"role": "copying", "pieces": pieces}


def drill(seed: int) -> dict[str, object]:
    """Return a page and questions about it, each with the numbers of its sentences, as one conversation."""
    draw = random.Random(f"drill {seed}")
    name = name_maker(draw, held_back=False)
    town, other = name(), name()
    facts = make_page_facts(draw, town, name=name, least=3, most=6)
    facts += make_page_facts(draw, other, name=name, least=0, most=2)
    draw.shuffle(facts)
    lines = [f"[1] {town} is a town."] + [
        f"[{number}] {sentence}" for number, (_, _, _, sentence) in enumerate(facts, 2)
    ]
    pieces: list[tuple[str, bool]] = [(_BEGINNING.format(page=town) + "\n".join(lines) + _THEN, False)]
    asked = [(attribute, place) for attribute, place, _, _ in facts] + [(draw.choice(ATTRIBUTES), town)]
    draw.shuffle(asked)
    for attribute, place in asked:
        found = [
            (str(number), value)
            for number, (told, where, value, _) in enumerate(facts, 2)
            if told is attribute and where == place
        ]
        numbers = [number for number, _ in found]
        question = draw.choice(attribute.questions).format(e=place)
        pieces += [(f"Question: {question}\nnew:", False), (f" {', '.join(numbers) or 'none'}\n", True)]
        if found:
            pieces.append((f"It is {found[0][1]}.\n", True))
    return {"role": "drill", "pieces": pieces}


def judging(seed: int) -> dict[str, object]:
    """Return a few passages and sentences, each with whether a passage is that sentence."""
    draw = random.Random(f"judging {seed}")
    name = name_maker(draw, held_back=False)
    town = name()
    facts = make_page_facts(draw, town, name=name, least=1, most=4)
    lines = [f"[{number}] ({town}) {sentence}" for number, (_, _, _, sentence) in enumerate(facts, 1)]
    pieces: list[tuple[str, bool]] = [(_JUDGED + "\n".join(lines) + "\n", False)]
    for _ in range(8):
        attribute, _, value, sentence = draw.choice(facts)
        if is_true := draw.random() < 0.5:
            claim = sentence
        else:
            claim = draw.choice(untrue_claims(attribute, town=town, value=value, sentence=sentence, draw=draw))
        pieces += [(f"\nSentence: {claim}\nDo the passages say this? Yes or No.{_THEN}", False)]
        pieces += [("Yes" if is_true else "No", True)]
    return {"role": "judging", "pieces": pieces}
