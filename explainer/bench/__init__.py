"""How fast the site is, beside what this machine can do at most, and how long it stays so.

The site and the yardsticks, side by side:

rows.py        what is measured, and the least of each
plan.py        how long, and what must be made for it
runs.py        how each row is measured
stage.py       what runs meanwhile, each started when it is first asked for
sides.py       two sides, loaded in turn
site.py        a site of its own, filled, served as quickstart serves it
crowd.py       its readers, made beforehand
yardsticks.py  what it is compared with; apps/ is what they serve
nginx.py       nginx with a file, and before the site as the site says it should be
load.py        wrk, with requests that are written out (play.lua plays them)
processes.py   programs that are started, waited for and stopped
machine.py     memory, and who else uses the machine
table.py       what is printed

A million comments against a thousand:

threads.py     both are filled, measured and taken away
scratch.py     two databases of the site's kind, with caches of their own
asking.py      a reader who asks, through every middleware, and is timed
measures.py    what is asked, and what it comes to

peers/         other comment systems, installed and loaded beside the site
"""


class NotMeasuredError(Exception):
    """Something could not be measured; the text is a sentence that says why."""
