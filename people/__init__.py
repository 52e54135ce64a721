"""Who: persons, accounts, roles, audit, outbox."""
