"""Exercises beside the recorded runs: many questions about one page, which teaches to point at sentences much sooner."""

from __future__ import annotations

import random

from made_up_worlds import ATTRIBUTES, make_page_facts, name_maker

_BEGINNING = "<|im_start|>system\nYou mark the sentences of a page.<|im_end|>\n<|im_start|>user\nPage: {page}\nPart 1 of 1\n"
_THEN = "<|im_end|>\n<|im_start|>assistant\n"


def drill(seed: int) -> dict[str, object]:
    """Return a page and questions about it, each with the numbers of its sentences, as one conversation."""
    draw = random.Random(f"drill {seed}")
    name = name_maker(draw, held_back=False)
    town, other = name(), name()
    facts = make_page_facts(draw, town, name=name, least=3, most=6)
    facts += make_page_facts(draw, other, name=name, least=0, most=2)
    draw.shuffle(facts)
    lines = [f"[1] {town} is a town."] + [f"[{number}] {sentence}" for number, (_, _, sentence) in enumerate(facts, 2)]
    pieces: list[tuple[str, bool]] = [(_BEGINNING.format(page=town) + "\n".join(lines) + _THEN, False)]
    asked = [(attribute, place) for attribute, place, _ in facts] + [(draw.choice(ATTRIBUTES), town)]
    draw.shuffle(asked)
    for attribute, place in asked:
        numbers = [
            str(number)
            for number, (told, where, _) in enumerate(facts, 2)
            if told is attribute and where == place
        ]
        question = draw.choice(attribute.questions).format(e=place)
        pieces += [(f"Question: {question}\nnew:", False), (f" {', '.join(numbers) or 'none'}\n", True)]
    return {"role": "drill", "pieces": pieces}
