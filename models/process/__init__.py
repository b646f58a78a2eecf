"""The process that runs llama.cpp, and the side of the app that talks to it and survives it."""
