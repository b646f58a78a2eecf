"""The window, and the same engine from a terminal; the only package that knows Qt."""
