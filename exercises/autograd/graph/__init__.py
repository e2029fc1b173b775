"""Exercises of `docs/autograd/graph.md`."""
