"""The book's own scripts reach a page joined, in the order that authors gave."""

from collections.abc import Sequence
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files, get_files

from booksite.bundle import SCRIPTS, on_config, on_files


def joined(folder: Path, scripts: Sequence[object]) -> tuple[MkDocsConfig, Files]:
    """Run the hook on a book in a folder."""
    for name in ("a.js", "b.js", "c.js"):
        (folder / name).write_text(f"/* {name} */")
    config = MkDocsConfig()
    config.load_dict(
        {"site_name": "A book", "docs_dir": str(folder), "extra_javascript": list(scripts)}
    )
    config.validate()
    config.plugins._current_plugin = "bundle"  # as while MkDocs calls it
    return config, on_files(get_files(config), config=config)


def test_what_is_the_book_s_own_comes_as_one_file(tmp_path: Path) -> None:
    """In the given order; the parts are not copied beside it."""
    config, files = joined(tmp_path, [{"path": name, "defer": True} for name in ("b.js", "a.js")])
    assert [str(script) for script in config.extra_javascript] == [SCRIPTS]
    assert files.src_uris[SCRIPTS].content_string == "/* b.js */\n/* a.js */"
    assert "a.js" not in files.src_uris
    assert config.extra_javascript[0].defer  # type: ignore[union-attr]


def test_what_is_another_s_or_must_run_at_once_stays_by_itself(tmp_path: Path) -> None:
    """Files that are not in the book's folder, and scripts that are not deferred."""
    deferred = [{"path": name, "defer": True} for name in ("a.js", "theirs.js", "b.js")]
    config, files = joined(tmp_path, ["c.js", *deferred])
    assert [str(script) for script in config.extra_javascript] == [SCRIPTS, "c.js", "theirs.js"]
    assert "c.js" in files.src_uris


def test_a_single_file_is_left_alone(tmp_path: Path) -> None:
    """There is nothing to join."""
    config, files = joined(tmp_path, [{"path": "a.js", "defer": True}])
    assert [str(script) for script in config.extra_javascript] == ["a.js"]
    assert SCRIPTS not in files.src_uris


def test_no_page_asks_for_what_only_a_folder_needs() -> None:
    config = MkDocsConfig()
    config.extra["polyfills"] = ["js/iframe-worker.js", "js/later.js"]
    assert on_config(config).extra["polyfills"] == ["js/later.js"]
