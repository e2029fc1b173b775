"""Exercises of `docs/work/debugging.md`."""
