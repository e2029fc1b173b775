"""Exercises of the chapter *Digits*."""
