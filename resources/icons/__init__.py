"""The app's own drawings: its icon and the few marks that a style sheet can only take from a file."""
