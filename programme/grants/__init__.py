"""Grants: the awards that were voted, their follow-up, and the open data that the law asks for."""
