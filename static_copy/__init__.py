"""The whole public side as files that any static host serves (`flask export-site`).

It asks the application for its own public pages, as a visitor would, and follows their links; so
whatever page is added to the site is in the copy, too, and nothing private can be.
"""
