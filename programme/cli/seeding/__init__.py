"""A large, believable and deterministic filling: what `flask seed` writes, subject by subject."""
