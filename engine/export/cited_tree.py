"""What a citation style wrote into a document, put where it belongs: notes and small figures touch their sentence."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

NO_LIST_WORDS = "This citation style keeps no list of works: each is named where it is cited."
SHORT_LIST_WORDS = "This citation style does not list every work: the others are named where they are cited."
_RAISED = frozenset({"Superscript", "Note"})


def settled(tree: Node) -> Node:
    """Return pandoc's tree, its citations written, without what only mattered for writing them.

    A space before a raised citation is taken out, a note is not inside a link, and a list of works that the style
    does not keep says so.
    """
    meta = {name: value for name, value in tree["meta"].items() if name != "references"}
    return {**tree, "meta": meta, "blocks": _with_words_for_no_list([_settled(block) for block in tree["blocks"]])}


def _settled(node: Any) -> Any:
    if isinstance(node, list):
        return _without_spaces([part for one in node for part in _parts(one)])
    if isinstance(node, dict):
        return {name: _settled(value) for name, value in node.items()}
    return node


def _parts(node: Any) -> list[Any]:
    """A citation as what the style made of it."""
    cited = _cited(node)
    if cited is None:
        return [_settled(node)]
    if any(one["t"] == "Note" for one in cited):
        return list(_settled(cited))
    return [{"t": "Link", "c": [node["c"][0], _settled(cited), node["c"][2]]}]


def _cited(node: Any) -> list[Node] | None:
    """The words of a citation, if the node is the link around one."""
    if isinstance(node, dict) and node.get("t") == "Link" and len(node["c"][1]) == 1:
        inner = node["c"][1][0]
        if inner["t"] == "Cite":
            return list(inner["c"][1])
    return None


def _without_spaces(nodes: list[Any]) -> list[Any]:
    return [
        node
        for node, following in zip(nodes, [*nodes[1:], None], strict=False)
        if not (_is(node, "Space") and _is_raised(following))
    ]


def _is_raised(node: Any) -> bool:
    if _is(node, "Link") and len(node["c"][1]) == 1:
        return _is_raised(node["c"][1][0])
    return isinstance(node, dict) and node.get("t") in _RAISED


def _is(node: Any, name: str) -> bool:
    return isinstance(node, dict) and node.get("t") == name


def _with_words_for_no_list(blocks: list[Any]) -> list[Any]:
    told = []
    for block in blocks:
        if _is(block, "Div") and block["c"][0][0] == "refs":
            entries = [entry for entry in block["c"][1] if has_words(entry)]
            words = NO_LIST_WORDS if not entries else SHORT_LIST_WORDS if len(entries) < len(block["c"][1]) else ""
            told.append({"t": "Div", "c": [block["c"][0], [*entries, *([_paragraph(words)] if words else [])]]})
        else:
            told.append(block)
    return told


def has_words(node: Any) -> bool:
    """Whether there is anything to read in a part of the tree."""
    if isinstance(node, dict):
        return node.get("t") in ("Str", "Code", "Math") or has_words(node.get("c"))
    return isinstance(node, list) and any(has_words(one) for one in node)


def _paragraph(text: str) -> Node:
    words = [part for word in text.split() for part in ({"t": "Space"}, {"t": "Str", "c": word})]
    return {"t": "Para", "c": words[1:]}
