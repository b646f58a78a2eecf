"""Citations: their numbers, their words, the paragraph around a passage, and that none leads nowhere."""
