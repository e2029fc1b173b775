"""Read the options of a fence, strictly: what cannot be read as it was meant is a problem."""

from __future__ import annotations

import difflib
import re

from .settings import Settings

_OPTION = re.compile(r"""[ ]+([a-zA-Z][a-zA-Z0-9_]*)=(?:"([^"]*)"|'([^']*)')(?=[ ]|$)""")
_INFO = re.compile(r"^[ ]*\.?(?P<lang>[\w#.+-]*)(?P<options>.*?)[ ]*$")
_SHOWN = {"title", "linenums", "hl_lines", "title_mode"}
_OF_MARKDOWN_EXEC = "exec source result html id idprefix tabs session updatetoc width"
_EXECUTED = _SHOWN | set(_OF_MARKDOWN_EXEC.split())
OURS = {"needs", "raises", "tol", "stderr", "limit", "as"}  # markdown-exec does not know them
_SHOWS_ITSELF = {"source", "result", "html", "raises", "tabs", "stderr"}
_PLACES = {"above", "below", "block", "material-block", "console", "tabbed-left", "tabbed-right"}
_FALSE = {"", "no", "off", "false", "0"}


def is_on(value: str) -> bool:
    """Say whether an option's value means yes, as markdown-exec reads it."""
    return value.lower() not in _FALSE


def without_values(info: str) -> str:
    """Return what follows a fence's sign, less its options."""
    return _OPTION.sub("", info)


def read_options(info: str, settings: Settings) -> tuple[dict[str, str] | None, list[str]]:
    """Read what follows a fence's sign.

    Args:
        info: The rest of the line.
        settings: The book, which says what `needs=` and `as=` may name.

    Returns:
        The options of a fence to be executed, None for any other; and what is wrong.
    """
    parts = _INFO.match(info)
    assert parts is not None
    lang, rest = parts["lang"], parts["options"]
    wants_exec = re.search(r"\bexec\b", info) is not None
    if wants_exec and lang not in ("", "python", "py"):
        name = "a fence with no language" if lang == "exec" else repr(lang)
        return None, [f"only python blocks can be executed, not {name}"]
    found = {m[1]: m[2] if m[2] is not None else m[3] for m in _OPTION.finditer(rest)}
    left = without_values(rest).strip()
    if left:
        if not wants_exec and re.fullmatch(r"\{.*\}", left):
            return None, []
        return None, [f'cannot read {left!r} in this fence; options are written name="value"']
    executed = is_on(found.get("exec", "0"))
    allowed = _EXECUTED | OURS if executed else _SHOWN | {"exec"}
    wrong = [_unknown(key, executed) for key in found if key not in allowed]
    if executed and not wrong:
        wrong = _wrong_values(found, settings)
    return (found if executed and not wrong else None), wrong


def _unknown(key: str, executed: bool) -> str:
    known = sorted(_EXECUTED | OURS)
    if not executed and key in known:
        return f'option {key!r} needs exec="1"'
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; it can be {', '.join(known)}"
    return f"unknown option {key!r}{hint}"


def _wrong_values(options: dict[str, str], settings: Settings) -> list[str]:
    wrong = []
    source, tol = options.get("source", ""), options.get("tol", "any")
    if source and source not in _PLACES:
        places = ", ".join(sorted(_PLACES))
        wrong.append(f"source={source!r} is no place for the source; it can be {places}")
    for need in options.get("needs", "").replace(",", " ").split():
        if need not in settings.needs:
            wrong.append(f"needs={need!r} is not among the needs in [tool.bookproof.needs]")
    if tol not in ("any", "words") and not re.fullmatch(r"\d*\.?\d+(e-?\d+)?%?", tol):
        kinds = 'a number ("0.02"), a share ("5%"), "any" (numbers) or "words"'
        wrong.append(f"tol={tol!r} must be {kinds}")
    for name in ("limit", "width"):
        if name in options and not re.fullmatch(r"\d+(\.\d+)?", options[name]):
            wrong.append(f"{name}={options[name]!r} must be a number")
    if "as" in options:
        if options["as"] not in settings.shows:
            known = ", ".join(settings.shows) or "it has none"
            wrong.append(f"as={options['as']!r} is not among [tool.bookproof.shows]: {known}")
        for name in sorted(_SHOWS_ITSELF & options.keys()):
            wrong.append(f"{name}= has no meaning beside as=, which shows the code in its own way")
    if "raises" in options and not re.fullmatch(r"[A-Za-z_][\w.]*", options["raises"]):
        wrong.append(f"raises={options['raises']!r} must name one exception")
    return wrong
