"""The one door to WeasyPrint: separate processes, without network, with limits, on our own assets only."""

from programme.core.pdf.press import (
    MEMORY_BYTES,
    PATIENCE,
    SECONDS,
    Cause,
    Press,
    RenderFailed,
    available,
    print_all,
    render,
)

__all__ = ["MEMORY_BYTES", "PATIENCE", "SECONDS", "Cause", "Press", "RenderFailed", "available", "print_all", "render"]
