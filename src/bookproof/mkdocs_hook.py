"""A thin MkDocs hook: run chapters side by side before the pages, write the downloads after.

Markdown pages are right without it; it makes the build faster. Notebook scripts have a page
through it alone: it hands mkdocs-jupyter the notebooks, with the outputs that the engine checked.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import FileSystemBytecodeCache
from markdown import Markdown
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File
from watchdog.observers.polling import PollingObserver

from bookproof import export, notebook, notebook_pages
from bookproof.book import open_book
from bookproof.changes import open_changes
from bookproof.gate import Judged
from bookproof.job import write_text
from bookproof.markdown import warn

_EVERY = 0.1  # seconds from one look at the files to the next: 2 ms of work, where MkDocs waits 0.5
_SETTLED = 0.05  # seconds without another change before the build begins


def on_startup(command: str, dirty: bool) -> None:
    """Note whether only pages that changed are to be built."""
    open_changes().dirty = dirty


def on_pre_build(config: Any) -> None:
    """Run what no longer holds, before the first page is rendered."""
    open_book().refresh()


def _add_notebooks(files: Any, config: Any) -> Any:
    """Add the notebook of each notebook script to the pages."""
    book = open_book()
    folder = book.settings.cache_dir / "notebooks"
    for judged in book.all():
        if judged.chapter.path.endswith(".py"):
            name = _page(judged).with_suffix(".ipynb").as_posix()
            text = notebook.without_outputs(book.settings, judged)
            if not (folder / name).exists() or (folder / name).read_text("utf-8") != text:
                write_text(folder / name, text)
            place = (config["site_dir"], config["use_directory_urls"])
            files.append(File(name, str(folder), *place))
    return files


def _drop_stale(files: Any, config: Any) -> Any:
    """Remove what was made of a page that changed, so that a dirty build makes it again."""
    book, changes = open_book(), open_changes()
    root = book.settings.root
    overrides = [path for path in sorted(root.glob("overrides/**/*")) if path.is_file()]
    changes.look(book.settings, book.all(), [Path(config["config_file_path"]), *overrides])
    if changes.now is None:
        return files
    built = {
        _page(judged).as_posix() for judged in book.all() if changes.concern(judged.chapter.path)
    }
    pages = files.documentation_pages()
    if not built:  # the search is lost if nothing is built
        built = {PurePosixPath(pages[-1].src_uri).with_suffix("").as_posix()}
    for file in pages:
        if PurePosixPath(file.src_uri).with_suffix("").as_posix() in built:
            beside = Path(config["site_dir"], file.src_uri)  # by which a notebook's age is told
            for path in (Path(file.abs_dest_path), beside):
                path.unlink(missing_ok=True)
    return files


on_files = CombinedEvent(
    event_priority(100)(_add_notebooks),  # before mkdocs-jupyter looks for notebooks
    event_priority(-100)(_drop_stale),
)


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    """Name the pages that are not read this time."""
    changes = open_changes()
    for page in nav.pages if changes.now is not None else []:
        if page.file.src_uri in changes.titles and not page.file.is_modified():
            page.title = changes.titles[page.file.src_uri]
    return nav


def on_page_content(html: str, page: Any, config: Any, files: Any) -> str:
    """Show a notebook's page as the site shows its others."""
    open_changes().titles[page.file.src_uri] = page.title
    if not page.file.src_uri.endswith(".ipynb"):
        return html
    for judged in open_book().all():
        if _page(judged).with_suffix(".ipynb").as_posix() == page.file.src_uri:
            warn(judged.complaints)
            open_in = (config["mdx_configs"].get("bookproof.markdown") or {}).get("open_in", "")
            docs = open_book().settings.docs
            used = [e for e in config["markdown_extensions"] if not e.startswith("bookproof")]
            options = {name: config["mdx_configs"].get(name, {}) for name in used}
            md = Markdown(extensions=used, extension_configs=options)
            return notebook_pages.page(html, judged, docs, str(open_in).rstrip("/"), md)
    return html


def on_env(env: Any, config: Any, files: Any) -> Any:
    """Keep the theme's compiled templates, which MkDocs would compile anew in each build."""
    folder = open_book().settings.cache_dir / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return env


def on_post_build(config: Any) -> None:
    """Write each chapter's script and notebook beside its page."""
    book = open_book()
    for judged in book.all():
        if not judged.chapter.blocks or not open_changes().concern(judged.chapter.path):
            continue
        page = _page(judged)
        directory = config["use_directory_urls"] and page.name != "index"
        beside = Path(config["site_dir"], page if directory else page.parent, page.name)
        url = (config["site_url"] or "") and f"{config['site_url'].rstrip('/')}/{page.as_posix()}"
        url += "/" if config["use_directory_urls"] else ".html"
        chapter = judged.chapter
        outputs = {block.index: judged.verdict(block).live for block in chapter.blocks}
        code = chapter.text if chapter.path.endswith(".py") else export.script(chapter, outputs)
        write_text(beside.with_suffix(".py"), code)
        write_text(beside.with_suffix(".ipynb"), notebook.notebook(book.settings, judged, url))


def _page(judged: Judged) -> PurePosixPath:
    """Return a chapter's place among the pages, without its suffix."""
    docs = open_book().settings.docs
    return PurePosixPath(judged.chapter.path).relative_to(docs).with_suffix("")


def on_serve(server: Any, config: Any, builder: Any) -> Any:
    """Get ready for edits: notice them soon, and import now what chapters share."""
    paths = list(server._watched_paths)
    for path in paths:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=_EVERY)
    for path in paths:
        server.watch(path)
    server.build_delay = _SETTLED
    open_book().warm()
    return server


def on_shutdown() -> None:
    """End every process."""
    open_book().close()
