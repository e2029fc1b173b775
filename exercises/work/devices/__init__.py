"""Exercises of the chapter *Devices*."""
