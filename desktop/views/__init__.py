"""One view a file: what is on screen, and nothing of how it comes about."""
