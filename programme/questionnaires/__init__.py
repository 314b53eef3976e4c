"""Questionnaires as data: versioned definitions, pure validation, a form made at run time, answers."""
