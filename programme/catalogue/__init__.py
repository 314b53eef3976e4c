"""References to data sets: title, producer, licence, address; the data stay on the platform."""
