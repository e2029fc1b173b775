"""Exercises of `docs/work/attention.md`."""
