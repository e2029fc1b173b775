"""Exercises of `docs/models/many-starts.md`."""
