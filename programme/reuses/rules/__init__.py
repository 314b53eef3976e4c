"""Pure rules of the gallery."""
