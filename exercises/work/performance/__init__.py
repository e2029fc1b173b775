"""Exercises of `docs/work/performance.md`."""
