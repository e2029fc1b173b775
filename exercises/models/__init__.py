"""Exercises of the chapters in `docs/models/`."""
