"""The research engine: questions in, stored events and a cited report out. It knows nothing of Qt or of llama.cpp."""
