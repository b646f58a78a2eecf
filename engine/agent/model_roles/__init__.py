"""The six roles of a run played by a language model."""
