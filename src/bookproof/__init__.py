"""Execute the Python blocks of a Markdown book, and hold every output to its recording.

The arrows run one way: parse (`chapter`, `scan`) → run (`runner`, `zygote`, `child`) → compare
(`compare`) → record (`recording`) → render (`markdown`). `gate` drives the first three, `accept`
the fourth, and neither needs a site builder. Nothing here knows what the book is about: its
settings stand in `[tool.bookproof]` of the book's `pyproject.toml`.
"""
