"""Deterministic checks: whether the figures, dates, names and quotations of a sentence stand in its passages."""
