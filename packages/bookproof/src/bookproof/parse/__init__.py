"""In: the pages of a book. Out: chapters, each with its executed blocks and where each line stands."""
