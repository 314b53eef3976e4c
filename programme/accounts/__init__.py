"""People: accounts, staff roles, sign-up, sign-in, sessions."""
