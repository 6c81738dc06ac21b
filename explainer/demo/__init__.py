"""Invented readers with their answers, comments, works and topics, to see the site alive.

texts/*.toml   what they say, and in which shares they answer
scripts.py     reads it
cast.py        the readers, and how they are told from real ones
answers.py     ballots and favourites
chatter.py     threads put together by chance, as many as are asked for
threads.py     who says what, when, in answer to whom
said.py        one comment to be: its place, its counts, its row
votes.py       who finds it a good point, and what that comes to
topics.py      what they want explained
desk.py        what moderators and editors find
storing.py     rows with their counts, in one transaction
bulk.py        rows by the ten thousand, without a model instance each
filling.py     all of it, in order

Everything follows from a seed; only the times depend on the day.
"""
