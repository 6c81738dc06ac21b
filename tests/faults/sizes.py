"""How often each fault is done. FAULTS=full is the long form, `make faults`."""

import os

FULL = os.environ.get("FAULTS") == "full"
WRITERS = 64

KILLS = 50 if FULL else 2  # of the whole server
ONE_KILLS = 20 if FULL else 3  # of one of its processes
DATABASE_KILLS = 6 if FULL else 2  # half of them stopped at once, half killed
COPIES = 50 if FULL else 2  # of a database that is being written
CUTS = 100 if FULL else 4  # of its log, which ends where the disk stopped
ROUNDS = 200 if FULL else 20  # two tabs that press at once
AT_ONCE = 32  # times the same is sent
LOOKS = 30 if FULL else 3  # at a site whose database says nothing
AWAY = 30 if FULL else 3  # seconds without a database
ACTS_BETWEEN = 300 if FULL else 150  # acknowledged between two faults, at most
HALF_SENT = 500  # requests, and as many connections that say nothing
LEAVERS = 10_000 if FULL else 500  # clients who do not wait for their answer
# How long memory, handles and journal are watched under load, in seconds; `make soak` says more.
SOAK = 60 * float(os.environ.get("SOAK_MINUTES") or (2 if FULL else 0.25))
SOAK_PACE = float(os.environ.get("SOAK_PACE") or 0)  # acts a second, and as many looks; 0: no limit
