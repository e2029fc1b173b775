"""Exercises of the chapter *Data*."""
