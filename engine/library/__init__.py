"""The person's own folders: found, read, indexed for full-text search, and opened again from the index."""
