"""Pure rules: values in, values out.

Nothing here imports Flask, SQLAlchemy or reads the clock; `tests/test_architecture.py` says so.
What a rule needs to know is handed to it, what it decides is returned.
"""
