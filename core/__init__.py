"""Ground floor: database, clock, web and display. No domain word may appear here."""
