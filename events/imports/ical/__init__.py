"""A calendar file to plain entries. Files are untrusted: this runs in a bounded child process.

Nothing here imports the database, so that the child starts at once and holds no secret.
"""
