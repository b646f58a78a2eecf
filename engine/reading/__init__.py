"""From bytes to text that can be cited: extraction in a separate process, blocks, sentences, terms, ranking."""
