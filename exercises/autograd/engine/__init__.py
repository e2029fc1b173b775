"""Exercises of the chapter "Build an engine"."""
