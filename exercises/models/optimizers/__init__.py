"""Exercises of `docs/models/optimizers.md`."""
