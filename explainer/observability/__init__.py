"""What an operator sees of a running site: log lines, request ids, figures, slow queries.

None of it says who a reader is or what they wrote.
"""
