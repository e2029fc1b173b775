"""Exercises of `docs/start/first-ten-minutes.md`."""
