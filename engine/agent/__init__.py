"""The research loop: stages of a run, the roles that play them, and what a run knows."""
