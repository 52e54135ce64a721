"""The calendar on paper: rows become sheets in words, sheets become tagged PDF."""
