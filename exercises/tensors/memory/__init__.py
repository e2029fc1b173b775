"""Exercises of `docs/tensors/memory.md`."""
