"""Exercises of the chapters in `docs/start/`."""
