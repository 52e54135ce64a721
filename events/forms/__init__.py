"""Forms of the desk: what they accept and how they say what is wrong."""
