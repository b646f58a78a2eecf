"""Pages of the web: fetched politely through the door, read in the parser process, kept as sources."""
