"""Thin views: read the request, call a query or an operation, render."""
