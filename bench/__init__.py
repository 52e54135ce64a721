"""How fast the public side is, beside nginx with the same bytes, and how its cost grows."""
