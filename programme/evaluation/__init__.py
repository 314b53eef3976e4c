"""Evaluating anything: grids, assignment, recusal, marks and exact totals, over a neutral subject."""
