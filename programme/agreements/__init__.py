"""Agreements: templates of numbered articles, review, signature, partners and what they promise to open."""
