"""Measures of the product beside bare pages and libraries, on one machine in one run."""
