"""What is drawn once and shown many times: pieces of pages, kept in this process as bytes.

A piece is kept under every value that it shows, so a kept piece cannot be wrong; it can only be
forgotten. What one reader alone may see (comments that wait, forms with their text, the name of an
account) is drawn each time and never kept.
"""

from polls.pieces.store import Store

MOST_BYTES = 32 * 1024 * 1024

# One for each process; threads share it.
store = Store(MOST_BYTES)
