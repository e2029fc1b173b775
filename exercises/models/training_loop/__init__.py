"""Exercises of `docs/models/training-loop.md`."""
