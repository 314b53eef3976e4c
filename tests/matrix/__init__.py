"""The matrix of rights: every door, tried by everybody, on things in every state."""
