"""Exercises of the chapter *Modules*."""
