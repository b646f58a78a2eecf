"""Model files on this computer: what they say of themselves, where they are, moving and removing our own."""
