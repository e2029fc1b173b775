"""The tables of the README: every option of a fence and every setting, from the code itself."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields

from .parse.options import OPTIONS
from .settings import Settings


def options() -> str:
    """Return the options of a fence as a Markdown table, ours marked."""
    rows = ["| option | it can be | and means |", "|---|---|---|"]
    for name, option in OPTIONS.items():
        shown = f"**`{name}`**" if option.ours else f"`{name}`"
        values = option.values.replace("|", r"\|")
        rows.append(f"| {shown} | {values} | {option.meaning} |")
    return "\n".join(rows)


def settings() -> str:
    """Return the settings as a Markdown table, with what they are if nothing is said."""
    said = dict(re.findall(r"^        (\w+): (.*(?:\n {12}.*)*)", Settings.__doc__ or "", re.M))
    rows = ["| setting | usually | what it is |", "|---|---|---|"]
    for field in fields(Settings):
        if field.name == "root":
            continue
        usual = field.default
        if usual is MISSING:
            usual = field.default_factory() if field.default_factory is not MISSING else ""
        text = re.sub(r"\s+", " ", said[field.name])
        rows.append(f"| `{field.name}` | `{_toml(usual)}` | {text} |")
    return "\n".join(rows)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return "{}" if isinstance(value, dict) else str(value)


if __name__ == "__main__":
    print(options(), settings(), sep="\n\n")
