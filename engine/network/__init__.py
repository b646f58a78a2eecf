"""The one place where network clients are made."""
