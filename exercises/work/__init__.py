"""Exercises of the chapters in `docs/work/`."""
