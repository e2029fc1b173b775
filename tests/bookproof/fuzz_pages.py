"""Write small pages from a seed: fences of all kinds in all kinds of places."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|\n") for part in part.split(" | ")]


SIGNS = ["```", "```", "```", "````", "`````", "``````", "~~~", "~~~~", "~~~~~", "~~~~~~"]
SPELLINGS = [  # where OPTIONS stand; those with a tail of exec alone are not always read as meant
    'python exec="1"OPTIONS',
    'python exec="1"OPTIONS',
    'py exec="on"OPTIONS',
    "python exec='1'OPTIONS",
    ' python exec="yes"OPTIONS',
    'python  exec="true"OPTIONS',
    'python exec="1"OPTIONS   ',
    '{.python exec="1"OPTIONS}',
    '{ .python exec="1"OPTIONS }',
    "{.py exec='on'OPTIONS}",
    '{.python .more exec="1"OPTIONS}',
    '{.python #anchor exec="1"OPTIONS}',
    "{.python exec=1OPTIONS}",
]
ODD_SPELLINGS = [
    "python exec=1OPTIONS",
    'python, exec="1"OPTIONS',
    '{.python, exec="1"OPTIONS}',
    '{python exec="1"OPTIONS}',
    'python exec = "1"OPTIONS',
    'python exec="1",OPTIONS',
    'Python exec="1"OPTIONS',
    'python execute="1"OPTIONS',
    'python exec="0"OPTIONS',
    'python exec=""OPTIONS',
    "python execOPTIONS",
    'exec="1"OPTIONS',
    'python3 exec="1"OPTIONS',
    '.python exec="1"OPTIONS',
    'python{exec="1"OPTIONS}',
    'python {exec="1"OPTIONS}',
    'python exec="1" exec="0"OPTIONS',
    'python exec="1"OPTIONS text',
    "python exec=\"1'OPTIONS",
    "python OPTIONS",
]
OPTIONS = _listed("""
source="above" | source="above" | source="below" | source="block" |
source="material-block" | source="console" | source="tabbed-left" |
source="tabbed-right" | result="text" | result="text" | result="text" | result="json" |
result="ansi" | result="nosuchlanguage" | title="A title" | title='The `x` of "y"' |
title="ä <b> & =" | session="one" | session="two" | id="some" | id="other id" |
idprefix="p-" | idprefix="" | html="1" | html="0" | tol="0.02" | tol="5%" |
tol="any" | tol="words" | width="40" | width="0" | workdir="parts" | workdir="." |
needs="cpu" | needs="gpu" | stderr="1" | limit="19.5" | linenums="1" | hl_lines="1" |
tabs="A|B" | updatetoc="no" | returncode="0" | data-x="y" | as="plain"
""")
ODD_OPTIONS = _listed("""
source="nowhere" | source="" | result="" | tol="little" | tol="" | width="wide" |
width="-1" | width="4.5" | width="4 0" | workdir="nowhere" | workdir="" |
needs="tpu" | needs="cpu, cpu" | needs="" | raises="two words" | raises="" |
limit="soon" | limit="0" | as="nothing" | hl_lines="9-" | linenums="x" | tabs="A" |
returncode="x" | returncode="" | sauce="above" | zzz="1" | stderr="" | id="" |
session="" | title="" | exec="0"
""")
CODES = [  # MARK is a text that stands in no code, and so on the page where it was printed alone
    "print(MARK)",
    "print(MARK)",
    "print(MARK)",
    "for i in range(3):\n    print(MARK, i)",
    "x = 1\n\n\nprint(MARK, x)\n",
    "\nprint(MARK)",
    "x = MARK\nassert x",
    "",
    "# only a remark MARK",
    'print(MARK, "é ✓ 漢 😀 \\u202e \\u2028 \\x85 .")\nprint(MARK)',
    'print(MARK, "\\x00\\x1b[31mred\\x1b[0m\\x07\\x08\\x02\\x03")',
    'print(MARK, "a\\rb")\nprint("\\r\\n", MARK)',
    'print("\\n\\n  ", MARK, "\\n\\n")',
    'print("  \\n\\t")',
    'print(MARK, end="")',
    "print(MARK, 0.1 + 0.2, 1e-9, -0.0, 10**20, float('nan'))",
    'print(MARK, "x" * 20_000)',
    "print(MARK, [1.0] * 2_000)",
    'print("\\n".join([MARK] * 300))',
    'print("# " + MARK + "\\n\\n* one\\n* two\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |")',
    'print("## " + MARK)\nprint()\nprint("## " + MARK)',
    'print("```\\n" + MARK + "\\n```")',
    "print('```python exec=\"1\"\\nprint(7)\\n```\\n\\n' + MARK)",
    "print('~~~~ {.python exec=\"1\"}\\n' + MARK)",
    'print("    " + MARK + "\\n    listing")',
    'print("</div></code></pre>" + MARK + "<script>x</script> <!-- ")',
    'print("<b>" + MARK + "</b> &amp; &lt;")',
    "print('--8<-- \"pyproject.toml\"')\nprint(MARK)",
    'print("!!! note\\n\\n    " + MARK)',
    "print('=== \"Tab\"\\n\\n    ' + MARK)",
    'print("[^1]: " + MARK + "\\n\\ntext[^1]")',
    'print("*[HTML]: " + MARK + "\\n\\nHTML", MARK)',
    'print("[x]: https://x.example\\n\\n[x]", MARK)',
    'print("> " + MARK)',
    'print("1. " + MARK + "\\n\\n    more")',
    'print("---\\ntitle: x\\n---\\n" + MARK)',
    'print("=== " + MARK + "\\n--- 0123456789 · x\\n\\\\=== y\\n[figure: x.svg]\\n\\\\\\\\z")',
    'print("=== x")\nprint("--- y")\nprint(MARK)',
    'print("docs/index.md:3:", MARK, __file__)',
    'print(MARK, "{+1} {0123456789+2} {{ page.title }} {% raw %}")',
    'print(MARK, r"\\d \\1 \\g<0> \\\\")',
    'print("<svg viewBox=\\"0 0 9 9\\"><text>" + MARK + "</text></svg>")',
    'print("<figure><p>" + MARK + "</p></figure>")',
    'print("<p>" + MARK + "</p>\\n\\n<p>2</p>")',
    'import sys\nprint("to stderr", file=sys.stderr)\nprint(MARK)',
    'import os\nos.write(1, (MARK + "\\n").encode())\nprint(MARK)',
    'import sys\nsys.stdout.buffer.write(b"\\xff\\xfe " + MARK.encode() + b"\\n")',
    'print(MARK, "\\ud800")',
    'text = """\n# no heading\n\n    indented\n<!-- \n"""\nprint(MARK, len(text))',
    'text = """ --> """\nprint(MARK, text)',
    'x = "&lt;b&gt; <b> &amp;"\nprint(MARK, x)',
    'if True:\n\tprint(MARK)\n\tprint("a\\tb")',
    "print(MARK)   \nx = 1 \t\n   \nprint(x)",
    "größe = MARK\nprint(größe, 'ﬁ')",
    "def f():\n    return MARK\n\n\nprint(f())",
    "class A:\n    pass\n\n\nprint(MARK, A)",
    "import inspect\n\n\ndef g():\n    return MARK\n\n\nprint(inspect.getsource(g)[:9], g())",
    "from __future__ import annotations\nprint(MARK)",
    "print(object(), MARK)",
    "print(MARK); raise ValueError(MARK)",
    "1 / 0",
    "x = (",
    "raise SystemExit(3)",
    "import os\nos._exit(3)",
    '--8<-- "parts/code.py"',
]
FENCED_CODES = [  # which hold what looks like fences
    'text = """\n```\n"""\nprint(MARK, text)',
    'text = """\n~~~python exec="1"\nx\n~~~\n"""\nprint(MARK, text)',
    '# ```python exec="1"\nprint(MARK)',
]
RAISES = {
    "1 / 0": "ZeroDivisionError",
    "x = (": "SyntaxError",
    "raise SystemExit(3)": "SystemExit",
    "print(MARK); raise ValueError(MARK)": "ValueError",
}
TABLE = "| a | b |\n|---|---|\n| 1 | ``` |"
BETWEEN = [
    "Text.",
    "Text with `code`, *stress* and `` ` ``.",
    "# A heading",
    "## The same\n\n## The same",
    TABLE,
    "<!-- a remark -->",
    "<!-- a\n\nlonger remark -->",
    "```text\nplain\n```",
    "~~~\nplain\n~~~",
    "```python\nprint('not run')\n```",
    "    indented\n    listing",
    "<div>\nraw <b>HTML</b>\n</div>",
    "a `<!--` b",
    "Inline ```code``` here.",
    '--8<-- "parts/text.md"',
    ';--8<-- "parts/text.md"',
    "***",
    "[^n]: A note.\n\ntext[^n]",
    "x\x0cy",
    "\u2028",
]


@dataclass
class Fuzzed:
    """A page, and of each of its fences whether it must run, must not, or either is right."""

    text: str
    newline: str = "\n"
    bom: bool = False
    runs: dict[str, bool | None] = field(default_factory=dict)  # by the mark in its code

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        return ("\ufeff" * self.bom + self.text.replace("\n", self.newline)).encode()


class Grammar:
    """Writes pages from one seed."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.marks = 0

    def page(self) -> Fuzzed:
        """Write a page of one to four fences."""
        chance = self.random
        page = Fuzzed("")
        parts = ["---\ntitle: A page\n---"] if chance.random() < 0.1 else []
        parts += ["# A title"] if chance.random() < 0.9 else []
        for _ in range(chance.randint(1, 4)):
            if chance.random() < 0.4:
                parts.append(chance.choice(BETWEEN))
            parts.append(self._placed(page))
            if chance.random() < 0.1 and "[^" not in parts[-1]:
                parts.append(parts[-1])  # the same once more
        parts += [chance.choice(BETWEEN)] * (chance.random() < 0.3)
        gaps = ["\n\n"] * 12 + ["\n\n\n"] + ["\n"] * (TABLE not in parts)  # it goes on without one
        text = chance.choice(gaps).join(parts)
        if chance.random() < 0.1:
            text = re.sub(r"(?m)^( {4})+", lambda m: "\t" * (len(m[0]) // 4), text)
        if chance.random() < 0.1:
            text = re.sub(r"(?m)$", chance.choice([" ", "  ", "\t"]), text)
        page.text = text + "\n" * chance.choice([0, 1, 1, 1, 2])
        page.newline = chance.choice(["\n"] * 8 + ["\r\n", "\r\n", "\r"])
        page.bom = chance.random() < 0.08
        return page

    def _placed(self, page: Fuzzed) -> str:
        """Return a fence in what it stands in."""
        chance = self.random
        mark, fence, runs = self._fence()
        kinds = (
            ["plain"] * 6 + ["in"] * 8 + ["twice"] * 3 + ["text", "listing", "comment", "inline"]
        )
        kind = chance.choice(kinds)
        if kind == "in":
            fence = self._in(fence)
        elif kind == "twice":
            fence = self._in(self._in(fence))
        elif kind == "text":
            longer = "`" * 7
            fence = f"{longer}{chance.choice(['', 'text', 'markdown', 'html'])}\n{fence}\n{longer}"
            runs = False
        elif kind == "listing":
            fence = f"Text.\n\n{_indented(fence, '    ')}\n\nText."
            runs = None if "\n\n" in fence else False
        elif kind == "comment":
            fence = chance.choice([f"<!--\n{fence}\n-->", f"<!-- {fence} -->"])
            runs = None
        elif kind == "inline":
            fence = f"Text {fence}"
            runs = None
        page.runs[mark] = runs
        return fence

    def _fence(self) -> tuple[str, str, bool | None]:
        """Return a fence, the mark in its code, and whether it must run."""
        chance = self.random
        self.marks += 1
        mark = f"{self.marks:04d}"
        sign = chance.choice(SIGNS)
        code = chance.choice(CODES)
        if chance.random() < 0.05:
            code = chance.choice(FENCED_CODES)
        options = chance.sample(OPTIONS, chance.choice([0, 1, 1, 2, 2, 3]))
        if code in RAISES and chance.random() < 0.8:
            options.append(f'raises="{RAISES[code]}"')
        elif chance.random() < 0.03:
            options.append('raises="ValueError"')
        odd = chance.random() < 0.1
        if odd:
            options.append(chance.choice(ODD_OPTIONS))
        strange = chance.random() < 0.12
        info = chance.choice(ODD_SPELLINGS if strange else SPELLINGS)
        glue = ", " if chance.random() < 0.03 else " "
        info = info.replace("OPTIONS", "".join(glue + option for option in options))
        end = sign
        if chance.random() < 0.04:
            end = chance.choice([sign + sign[0], sign[1:], "", sign + " text", " " + sign])
        sound = not strange and not odd and glue == " " and end == sign and sign not in code
        code = code.replace("MARK", f'("mk" + "{mark}")')
        runs = True if sound else None
        return mark, f"{sign}{info}\n{code}\n{end}", runs

    def _in(self, fence: str) -> str:
        chance = self.random
        inside = _indented(fence, "    ")
        quoted = _indented(fence, "> ", blank=">")
        note = chance.randrange(10**6)
        places = [
            f"- One\n\n{inside}\n\n- Two",
            f"-   One\n{inside}",
            f"1. One\n\n{inside}\n\n2. Two",
            f"* {_indented(fence, '    ').lstrip()}",
            quoted,
            f"> Said:\n>\n{quoted}",
            f"!!! note\n\n{inside}",
            f'!!! note "Title"\n{inside}',
            f"??? note\n\n{inside}",
            f"???+ note\n\n    Text.\n\n{inside}",
            f'=== "One"\n\n{inside}\n\n=== "Two"\n\n    Text.',
            f'=== "One"\n\n    Text.\n\n=== "Two"\n\n{inside}',
            f"Term\n:   Text.\n\n{inside}",
            f'<div markdown="1">\n\n{fence}\n\n</div>',
            f'<details markdown="block">\n<summary>x</summary>\n\n{fence}\n\n</details>',
        ]
        if "[^" not in fence:  # Python-Markdown cannot read a footnote in a footnote
            places += [
                f"A note[^{note}].\n\n[^{note}]:\n    Text.\n\n{inside}",
                f"[^{note}]: Text.\n\n{inside}\n\nA note[^{note}].",
            ]
        return chance.choice(places)


def _indented(text: str, margin: str, blank: str = "") -> str:
    return "\n".join(margin + line if line.strip() else blank for line in text.split("\n"))


def pages_of(seed: str, number: int) -> list[Fuzzed]:
    """Write pages from a seed."""
    grammar = Grammar(seed)
    return [grammar.page() for _ in range(number)]
