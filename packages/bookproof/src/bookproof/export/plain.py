"""Say in plain text what HTML shows: a figure by its description, a table by its rows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_APART = re.compile(  # elements that begin a line and end it
    "p|div|section|figure|figcaption|form|fieldset|legend|label|summary|details|[uod]l|d[td]"
    "|table|caption|tr|h[1-6]|pre|hr"
)
_UNSEEN = {"script", "style", "template", "button"}
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


def plain(html: str) -> str:
    """Return the text of HTML, one piece a line.

    What stands for a picture is what a screen reader says of it. Pieces of code in a line are
    marked as Markdown marks them, listings keep their lines, cells of a row are parted by `|`.

    Args:
        html: A fragment of a page.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.rstrip() for line in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._unseen: list[str] = []  # elements that are open and whose text is not read
        self._listing = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            if tag not in _VOID:
                self._unseen.append(tag)
            return
        known = dict(attributes)
        named = known.get("aria-label") or (known.get("alt") if tag == "img" else "")
        if tag == "svg" or known.get("role") == "img":
            self._apart()
            self.said.append(f"(Figure: {named})\n" if named else "")
            self._unseen.append(tag)
        elif tag in _UNSEEN or known.get("aria-hidden") == "true" or "hidden" in known:
            if tag not in _VOID:
                self._unseen.append(tag)
        elif tag == "pre":
            self._apart()
            self.said.append("```text\n")
            self._listing += 1
        elif tag == "code" and not self._listing:
            self.said.append("`")
        elif tag == "li":
            self._apart()
            self.said.append("- ")
        elif tag in ("td", "th"):
            self.said.append("" if self._fresh() else " | ")
        elif tag == "img" and named:
            self.said.append(f"(Figure: {named})")
        elif _APART.fullmatch(tag) or tag == "br":
            self._apart()

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag in self._unseen:
                while self._unseen.pop() != tag:
                    pass
            return
        if tag == "pre":
            self._apart()
            self.said.append("```\n")
            self._listing -= 1
        elif tag == "code" and not self._listing:
            self.said.append("`")
        elif _APART.fullmatch(tag) or tag == "li":
            self._apart()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            text = data if self._listing else re.sub(r"\s+", " ", data)
            self.said.append(text.lstrip() if self._fresh() and not self._listing else text)

    def _fresh(self) -> bool:
        """Whether nothing stands in the line yet."""
        before = "".join(self.said[-3:])
        return not before or before.endswith("\n")

    def _apart(self) -> None:
        """End the line, unless nothing stands in it or it is a list's mark."""
        before = "".join(self.said[-3:])
        if before and not before.endswith(("\n", "- ")):
            self.said.append("\n")
