"""In: what blocks did, and the recordings. Out: a verdict on each, and recordings anew on purpose."""
