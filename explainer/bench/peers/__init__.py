"""Other comment systems, run and loaded beside the site on one machine: `bench peers`.

rows.py      what is measured beside each of them
plan.py      how long, and how many readers that takes
runs.py      how
acks.py      whose comment an answer hands over
stage.py     the site, short and long, and each of them, installed and started
seed.py      what is said in theirs
fill.py      the same many comments in ours
peer.py      what every one of them can be asked
isso.py      Isso, from PyPI
waline.py    Waline, from npm

Each is set up as its own documents say, on SQLite as the site is, with its limits of speed off as
ours are, and is asked for its thread as its own script asks for it.
"""
