"""What the gate, the build and `serve` cost, as ratios measured in one run.

`python -m bench` measures all of it, `python -m bench gate serve` the sections that are named.
Every measurement is made on copies in a temporary folder: the working tree and its cache stay as
they are.
"""
