"""One module for each family of formats: bytes of a file to a Document. Runs in the parser process only."""
