"""Exercises of `docs/work/reuse.md`."""
