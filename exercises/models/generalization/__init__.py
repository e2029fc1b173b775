"""Exercises of the chapter *Generalization*."""
