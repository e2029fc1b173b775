"""Exercises of `docs/work/ship.md`."""
