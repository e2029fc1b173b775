"""Exercises of `docs/tensors/randomness.md`."""
