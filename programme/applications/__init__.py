"""Applications: draft, pieces, budget, deposit, receipt, legal clock, completeness."""
