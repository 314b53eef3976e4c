"""The network: organisations, their members and categories."""
