"""In: chapters. Out: what each of their blocks did, from a fresh process or from the cache."""
