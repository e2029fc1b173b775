"""What a reader takes along of a page's questions, walks, cards and widgets.

Each function is given a block's code and what it made of the page, and returns the code that the
reader gets, and Markdown that stands above it in a notebook.
"""

from __future__ import annotations

import re

from .predict import read

__all__ = ["card", "html", "prediction", "walk"]

_LEGEND = re.compile(r"<legend>(.*?)</legend>", re.DOTALL)
_CHOICE = re.compile(r'<label><input type="radio"[^>]*> (.*?)</label>', re.DOTALL)
_LISTING = re.compile(r'<div class="language-python[^"]*">.*?</div>', re.DOTALL)
_ANSWER = re.compile(r"<details[^>]*><summary>Answer</summary>.*?</details>", re.DOTALL)
_REMARK = re.compile(r"(?m)#: ?")


def prediction(code: str, output: str) -> tuple[str, str]:
    """Ask before the cell is run: its choices stand in a fold, and nothing tells which is right."""
    return read(code)[0], _asked(output)


def walk(code: str, output: str) -> tuple[str, str]:
    """Give the code of a walk; its remarks are comments."""
    return _REMARK.sub("# ", code), ""


def card(code: str, output: str) -> tuple[str, str]:
    """Give the lines of a card; its remarks are comments."""
    return _REMARK.sub("# ", code), ""


def html(code: str, output: str) -> tuple[str, str]:
    """Keep a question, with its answer in a fold; what moves on the page is left to the page."""
    if "<bp-quiz" not in output:
        return "", ""
    answer = _ANSWER.search(output)
    listing = _LISTING.search(output.partition("</fieldset>")[0])
    code = f"\n\n{_plain(listing[0])}" if listing else ""
    return "", f"{_asked(output, code)}\n\n{_plain(answer[0]) if answer else ''}".strip()


def _asked(output: str, code: str = "") -> str:
    legend = _LEGEND.search(output)
    choices = "".join(f"<li>{choice}</li>" for choice in _CHOICE.findall(output))
    title = f"**{legend[1]}**" if legend else ""
    fold = f"<details><summary>To choose from</summary>\n<ul>{choices}</ul>\n</details>"
    return f"{title}{code}\n\n{_plain(fold)}" if choices else title


def _plain(html: str) -> str:
    """Return HTML without the classes of the page, and without lines that Markdown ends it at."""
    text = re.sub(r"</?span[^>]*>|</?div[^>]*>| tabindex=\"0\"| class=\"[^\"]*\"", "", html)
    return re.sub(r"\n(?=\n)", "", text)
