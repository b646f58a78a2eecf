"""Search engines of the web: each asked in its own way, their answers merged, their failures told."""
