"""Exercises of the chapters in `docs/tensors/`."""
