"""The public gallery: what was built with the data, checked by the Region, kept alive, with its measured effect."""
