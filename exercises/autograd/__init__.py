"""Exercises of the chapters in `docs/autograd/`."""
