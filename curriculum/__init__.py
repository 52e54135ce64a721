"""What must be learned: courses and the credits people earn."""
