"""Exercises of the chapter *Create*."""
