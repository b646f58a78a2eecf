"""Bundles: a report with everything it rests on in one file, which anybody can check, or open in Plumbline."""
