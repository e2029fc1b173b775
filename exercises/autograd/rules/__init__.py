"""Exercises of `docs/autograd/rules.md`."""
