"""Exercises of the chapter "Twenty starts"."""
