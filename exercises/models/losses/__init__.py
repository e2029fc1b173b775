"""Exercises of the chapter *Losses*."""
