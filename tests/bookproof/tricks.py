"""What a block may print to become alive: each sets `window.hit`, or leaves a file `hit`."""

TRICKS = {
    "a script between code spans": "a ` b\n\n<script>window.hit=1</script>\n\nc ` d",
    "escaped backticks": "\\`<script>window.hit=1</script>\\`",
    "a raw element": "<img src=x onerror='window.hit=1'>",
    "a block of HTML": "<div>\n\n<script>window.hit=1</script>\n\n</div>",
    "Markdown in HTML": '<div markdown="1" onclick="window.hit=1">\ntext\n</div>',
    "an attribute of a link": '[a](b.md){: onclick="window.hit=1" }',
    "an attribute of a heading": '# A heading {: onmouseover="window.hit=1" }',
    "an attribute of a picture": '![a](x.png){: onerror="window.hit=1" }',
    "an address": "[a](javascript:window.hit=1)",
    "an address in capitals": "[a](JaVaScRiPt:window.hit=1)",
    "an address in entities": "[a](&#106;avascript&colon;window.hit=1)",
    "an address with a tab": "[a](<java\tscript:window.hit=1>)",
    "a reference": "[a][b]\n\n[b]: javascript:window.hit=1",
    "an automatic link": "<javascript:window.hit=1>",
    "a picture's address": "![a](javascript:window.hit=1)",
    "a document as an address": "[a](data:text/html,<script>window.hit=1</script>)",
    "a comment that ends": "<!-- --><script>window.hit=1</script>",
    "a listing of another depth": "text\n\n    listing\n\n<script>window.hit=1</script>",
    "a table": "| a |\n|---|\n| <script>window.hit=1</script> |",
    "a fence that would run": '```bash exec="1"\necho window.hit=1 > hit\n```',
    "a python fence that would run": '```python exec="1"\nopen("hit", "w")\n```',
    "an include": '--8<-- "pyproject.toml"',
    "a style": '[a](b.md){: style="background: url(javascript:window.hit=1)" }',
    "a block of HTML in another spelling": "/// html | script\nwindow.hit=1\n///",
    "HTML in such a block": (
        "/// html | div\n    markdown: html\n\n<script>window.hit=1</script>\n///"
    ),
    "an animation": (
        "//// html | svg\n/// html | animate[attributename=href values='javascript:window.hit=1']"
        "\n///\n////"
    ),
    "a set attribute": (
        "//// html | svg\n/// html | set[attributename=onload to='window.hit=1']\n///\n////"
    ),
    "an option of a block": "/// details | a\n    attrs: {ontoggle: window.hit=1}\n\nb\n///",
    "an attribute of a fence": '```{.python onclick="window.hit=1"}\nx\n```',
    "HTML for a class of a fence": '```{.python ."><script>window.hit=1</script>}\nx\n```',
    "HTML for a title of a fence": (
        '```python title="<img src=x onerror=window.hit=1>" title_mode="html"\nx\n```'
    ),
    "a fence that a theme runs": "```mermaid\nwindow.hit=1\n```",
    "its class elsewhere": "window.hit=1\n{: .mermaid }",
    "code in a line that a theme runs": "`#!mermaid window.hit=1`",
}
