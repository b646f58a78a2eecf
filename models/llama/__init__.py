"""Runs a language model through llama.cpp, inside the model process. Importing this package imports no engine."""
