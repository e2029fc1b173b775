"""Exercises of the chapter *Shapes*."""
