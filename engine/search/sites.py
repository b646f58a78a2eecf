"""Tells an engine in its own words which sites are wanted; whether it listened is looked at afterwards."""

from __future__ import annotations

from engine.search.canonical import domain
from engine.search.plain import QUERY_LIMIT
from engine.search.provider import WebQuery

_MOST = 5


def with_sites(query: WebQuery, *, can_join: bool) -> str:
    """Return the words of a query with ``site:`` operators; without any where they are to be sent as they stand.

    Args:
        query: with its limits.
        can_join: whether the engine understands ``site:one OR site:other``.
    """
    if query.is_exact:
        return query.text
    only = [domain(each) for each in query.limits.only]
    never = [domain(each) for each in query.limits.never]
    operators = [f"-site:{each}" for each in never[:_MOST] if each]
    if len(only) == 1:
        operators.insert(0, f"site:{only[0]}")
    elif can_join and 1 < len(only) <= _MOST:
        operators.insert(0, f"({' OR '.join(f'site:{each}' for each in only)})")
    text = query.text
    for operator in operators:
        if len(text) + len(operator) < QUERY_LIMIT:
            text = f"{text} {operator}"
    return text
