"""What is in `reader/` is for the processes of readers: imported here, it would hide the book."""

collect_ignore = ["reader"]
