"""In: chapters that were judged. Out: notebooks and scripts for readers to take along."""
