"""What bookproof uses of markdown-exec, wherever its version keeps it."""

from __future__ import annotations

from markdown_exec import formatters

try:
    from markdown_exec import base_format, markdown_config
except ImportError:  # before 1.11, where these are not at its door
    from markdown_exec.formatters.base import base_format  # type: ignore[no-redef]
    from markdown_exec.rendering import markdown_config  # type: ignore[no-redef]

__all__ = ["base_format", "formatters", "markdown_config"]
