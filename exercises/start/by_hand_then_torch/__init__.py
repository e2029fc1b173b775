"""Exercises of the chapter "By hand, then torch"."""
