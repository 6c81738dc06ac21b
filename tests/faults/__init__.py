"""What can go wrong where the site runs, done to it for real: processes, databases, disks, clocks.

wire.py       one browser's connection, and the answer or its loss
writers.py    many readers at once, and a log of what was acknowledged to them
stored.py     what the database holds, read without the site
sites.py      a site that may be killed and started again on the same data
machines.py   a PostgreSQL, a Redis and a small disk of the test's own
sizes.py      how often each fault is done: short in every run, in full by `make faults`
results.py    the table at the end
"""
