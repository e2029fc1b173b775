"""The book's exercises: tasks to fill in, their checks, and worked solutions.

`python3 book.py check shapes` checks what you wrote in `exercises/tensors/shapes/tasks.py`.
"""
