"""The production server: `manage.py quickstart` and `manage.py serve` on Linux and macOS.

A master (`master.py`) loads Django once and forks web processes (`web.py`) and a worker. In a web
process an event loop takes the requests (`protocol.py`), answers from ready-made pages (`store.py`)
or reads the body (`front.py`), and only then takes one of a few threads for Django (`bridge.py`).
"""
