"""In: what blocks did, and recordings. Out: a verdict on each; on purpose, new recordings."""
