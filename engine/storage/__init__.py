"""What is kept: the append-only trace, the archive of what was read, and the search over both (SQLite)."""
