"""An invented program on the Californian coast, to look at and to try things with."""
