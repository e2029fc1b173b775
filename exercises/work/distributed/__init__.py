"""Exercises of `docs/work/distributed.md`."""
