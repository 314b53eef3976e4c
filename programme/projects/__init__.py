"""The one thread: a project keeps its identity from data set to measured effect."""
