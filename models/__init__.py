"""Everything that knows language models: which there are, what fits this machine, and llama.cpp, which runs them."""
