"""In: chapters that were judged. Out: their HTML, under any builder that reads Markdown."""
