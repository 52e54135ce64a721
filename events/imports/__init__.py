"""Files to a plan of changes, and the plan applied in one transaction."""
