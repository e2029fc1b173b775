"""In: the pages of a book. Out: chapters with their executed blocks, and where each line stands."""
