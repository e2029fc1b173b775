"""The whole book as one file to read elsewhere: on paper (PDF), and on a reading device (EPUB)."""
