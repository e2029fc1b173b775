"""Programs that read find the book's pages in one list."""

import re
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config.defaults import MkDocsConfig

from booksite import llms

PAGES = {
    "index.md": "# Home\n",
    "one.md": "---\ntitle: Shapes\ndescription: What a shape says.\n---\n# Shapes\n",
    "two.md": "# Views\n",
}


def built(folder: Path, address: str = "", clean: bool = True) -> str:
    """Build a book of three pages, and return its list."""
    docs = folder / "docs"
    docs.mkdir()
    for name, text in PAGES.items():
        (docs / name).write_text(text, "utf-8")
    hook = Path(llms.__file__)
    config = MkDocsConfig(config_file_path=str(folder / "mkdocs.yml"))
    config.load_dict(
        {
            "site_name": "A book",
            "site_description": "Three pages.",
            "site_url": address,
            "docs_dir": str(docs),
            "site_dir": str(folder / "site"),
            "nav": ["index.md", {"Tensors": ["one.md", "two.md"]}],
            "hooks": [str(hook)],
        }
    )
    config.validate()
    build(config, dirty=not clean)
    return (folder / "site" / llms.NAME).read_text("utf-8")


def test_the_list_has_the_form_of_llmstxt_org(tmp_path: Path) -> None:
    """A title, a summary, and under a heading for each part its pages in their order."""
    assert built(tmp_path, "https://book.example/") == (
        "# A book\n\n> Three pages.\n\n## Pages\n\n- [Home](https://book.example/)\n\n"
        "## Tensors\n\n- [Shapes](https://book.example/one/): What a shape says.\n"
        "- [Views](https://book.example/two/)\n"
    )


def test_each_link_leads_to_a_page_of_the_site(tmp_path: Path) -> None:
    """Where the address is not known, from the list's own place."""
    links = re.findall(r"\]\((.*?)\)", built(tmp_path))
    assert len(links) == len(PAGES)
    for link in links:
        assert (tmp_path / "site" / link / "index.html").is_file()


def test_where_pages_stand_as_markdown_the_list_leads_there_and_one_file_holds_all(
    tmp_path: Path,
) -> None:
    """In the order of the list, each with its address."""
    for name in ("index.md", "one/one.md", "two/two.md"):
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {path.stem}\n", "utf-8")
    text = built(tmp_path, "https://book.example/", clean=False)
    assert "(https://book.example/one/one.md): What a shape says." in text
    assert (tmp_path / "site" / llms.FULL).read_text("utf-8") == (
        "<!-- https://book.example/ -->\n\n# index\n\n"
        "<!-- https://book.example/one/ -->\n\n# one\n\n"
        "<!-- https://book.example/two/ -->\n\n# two\n"
    )
