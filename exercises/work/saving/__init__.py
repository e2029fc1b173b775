"""Exercises of `docs/work/saving.md`."""
