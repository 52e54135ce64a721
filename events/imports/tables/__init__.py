"""Plain spreadsheets: cells, what their columns are, and rows as entries."""
