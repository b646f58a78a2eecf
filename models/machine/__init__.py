"""What this computer has, what fits it, how fast it will be, and the settings that were measured for it."""
