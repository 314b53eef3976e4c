"""From the officer's desk to the letters: completeness, admissibility, assignment, ranking, committee, decision."""
