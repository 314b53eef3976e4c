"""Calls for projects: strands, sessions, rules, required documents, questions."""
