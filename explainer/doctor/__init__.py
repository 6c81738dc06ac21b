"""What is wrong with this installation, in plain sentences: `manage.py doctor`.

A check is a function that takes nothing and yields findings. It changes nothing.
"""
