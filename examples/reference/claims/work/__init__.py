"""Claims that the chapters in `docs/work/` check, a module a chapter."""
