"""Exercises of `docs/start/install.md`."""
