"""The five roles of a run played by a language model."""
