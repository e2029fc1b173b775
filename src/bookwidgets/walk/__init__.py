"""A walk through code, line by line: what each line did, from one run of it."""
