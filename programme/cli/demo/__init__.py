"""The demonstration Region: real territories, fictional organisations, amounts, weights and thresholds."""
