"""Say what an eye sees of a text: letters that look alike, and characters that show nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_PLAIN_TO_SEE = ("<super>", "<sub>", "<circle>", "<square>", "<fraction>", "<vertical>")
_UNSEEN = re.compile(r"[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_EMPTY = "\u115f\u1160\u2800\u3164\uffa0"  # fillers of Hangul, and no dot of Braille
_TWINS = {  # letters by their numbers, and the Latin ones that they look like
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e": "ABESIJKMHO",  # Cyrillic
    "\u0420\u0421\u0422\u0425\u04ae\u04c0\u0430\u0435\u0455\u0456": "PCTXYIaesi",
    "\u0458\u043e\u0440\u0441\u0443\u0445\u04bb\u0501\u051b\u051d": "jopcyxhdqw",
    "\u0475\u04cf": "vl",
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f": "ABEZHIKMNO",  # Greek
    "\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1": "PTYXaikvop",
    "\u03c5\u0585\u0578\u057d\u0570\u0131\u0251\u0261": "uonuhiag",  # and Armenian, and Latin
    "\u2010\u2011\u2012\u2013\u2212": "-----",
    "\u2018\u2019\u201b\u2032\u02b9\u02bc\xb4": "'" * 7,
    "\u201c\u201d\u2033": '"' * 3,
    "\xd7\u2044\u2215\u2236\u2217\u2223\u01c0\u201a": "x//:*||,",
    "\u2206\u2211\u220f": "\u0394\u03a3\u03a0",  # signs, and the Greek letters
}
_LOOKS = {ord(c): d for odd, plain in _TWINS.items() for c, d in zip(odd, plain, strict=True)}


def seen(text: str) -> str:
    """Return what an eye sees of a line."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_look, unicodedata.normalize("NFC", text)))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _look(c: str) -> str:
    """Return what a character looks like: a plainer one, a blank, or nothing."""
    if c.isspace() or c in _EMPTY:
        return " "
    kind = unicodedata.category(c)
    if kind in ("Cc", "Cf") or _UNSEEN.match(c):
        return ""
    if ord(c) not in _LOOKS and not unicodedata.decomposition(c).startswith(_PLAIN_TO_SEE):
        c = unicodedata.normalize("NFKC", c)
    return c.translate(_LOOKS)


def are_twins(a: str, b: str) -> bool:
    """Say whether two lines, as they are seen, are the same to a reader."""
    if a == b or len(a) != len(b) or a.isascii() == b.isascii():
        return a == b
    words = _TOKEN.findall(a), _TOKEN.findall(b)
    return len(words[0]) == len(words[1]) and all(map(_are_twin_words, *words))


def _are_twin_words(a: str, b: str) -> bool:
    """Say whether a word is another but for letters of a foreign script within it."""
    if a == b or len(a) != len(b):
        return a == b
    same = any(c == d and c.isascii() for c, d in zip(a, b, strict=True))
    return same and all(c == d or _is_foreign(c, d) for c, d in zip(a, b, strict=True))


def _is_foreign(c: str, d: str) -> bool:
    other = d if c.isascii() else c
    name = unicodedata.name(other, "")
    return c.isascii() != d.isascii() and other.isalpha() and not name.startswith("LATIN")
