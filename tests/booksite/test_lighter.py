"""A site that was built for readers asks for one style sheet; one that an author serves is left."""

from pathlib import Path

import pytest

from booksite import lighter

PAGE = """<head>
  <link rel="stylesheet" href="{up}assets/theme.css">
  <script src="{up}assets/own.js"></script>
  <link rel="stylesheet" href="{up}assets/own.css">
</head><article><p class="a">…</p>
<div class="b"><table><tr><td>1</td></tr></table></div></article>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of two pages, one in a folder."""
    for name, text in {
        "index.html": PAGE.format(up=""),
        "part/page.html": PAGE.format(up="../"),
        "assets/theme.css": ".a{color:red}.unused{color:red}",
        "assets/theme.css.map": "{}",
        "assets/own.css": "p.a:not(.c){color:blue}.b table:not([class]) td{color:blue}",
        "assets/own.js": "/*! license */\n/* why */\nlet one  =  1;",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_pages_ask_for_one_style_sheet_in_the_order_of_all(site: Path) -> None:
    lighter.lighten(site)
    (sheet,) = site.rglob("*.css")
    assert sheet.read_text() == (
        ".a{color:red}p.a:not(.c){color:blue}"
        ".b table:is(:not([class]),.bp-rows) td{color:blue}"  # the pages' tables have a class now
    )
    name = sheet.relative_to(site).as_posix()
    for page, up in (("index.html", ""), ("part/page.html", "../")):
        text = (site / page).read_text()
        assert text.count('rel="stylesheet"') == 1
        assert f'<link rel="stylesheet" href="{up}{name}">\n<script' in text
    assert (site / "assets/own.js").read_text() == "/*! license */let one=1;"
    assert not list(site.rglob("*.map"))


def test_another_style_has_another_name(site: Path) -> None:
    """So that no browser shows a new page with the rules of an old one."""
    before = {name: (site / name).read_bytes() for name in ("index.html", "assets/own.css")}
    lighter.lighten(site)
    (first,) = site.rglob("*.css")
    first.unlink()
    (site / "index.html").write_bytes(before["index.html"])
    (site / "part/page.html").unlink()
    (site / "assets/theme.css").write_text(".b{color:green}")
    (site / "assets/own.css").write_bytes(before["assets/own.css"])
    lighter.lighten(site)
    (second,) = site.rglob("*.css")
    assert first.name != second.name


def test_a_style_sheet_that_is_not_there_is_named(
    site: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And stops a strict build, as any warning does; the pages keep the others."""
    (site / "assets/own.css").unlink()
    lighter.lighten(site)
    assert "assets/own.css" in caplog.text and "mkdocs.yml" in caplog.text
    (sheet,) = site.rglob("*.css")
    assert sheet.read_text() == ".a{color:red}"


@pytest.mark.parametrize("heavy", [False, True])
def test_what_a_heavy_page_copies_along_comes_when_it_is_near(
    site: Path, monkeypatch: pytest.MonkeyPatch, heavy: bool
) -> None:
    """It stands in a script beside the page; that of other pages stays where it is."""
    fold = '<details class="bp-along"><summary>f</summary><pre>def f(): pass</pre></details>'
    (site / "part/page.html").write_text(PAGE.format(up="../").replace("</article>", fold))
    monkeypatch.setattr(lighter, "HEAVY", 10 if heavy else 10_000)
    lighter.lighten(site)
    page, script = (site / "part/page.html").read_text(), site / "part/page.along.js"
    assert ("<pre>" in page, script.exists()) == (not heavy, heavy)
    if heavy:
        assert 'data-src="page.along.js"><summary>f</summary></details>' in page
        assert script.read_text() == 'bookAlong(["<pre>def f(): pass</pre>"])'
