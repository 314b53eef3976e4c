"""The strategy that the programme serves: axes, frames, themes, indicators, editorial pages."""
