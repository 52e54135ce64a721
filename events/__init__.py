"""When, where and with whom: events, their dates, sign-ups and attendance."""
