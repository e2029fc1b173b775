"""The MkDocs plugin: it brings the extension and the style sheet, and finishes the site.

Chapters run side by side before the first page. Notebook scripts have a page through
mkdocs-jupyter: it is handed notebooks with the outputs that the engine checked.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache
from markdown import Markdown
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from watchdog.observers.polling import PollingObserver

from ..errors import BookError
from ..export import notebook
from ..files import write_text
from . import finish
from .book import Book, close_book, open_book
from .changes import open_changes
from .extension import warn

_EVERY = 0.1  # seconds from one look at the files to the next: 2 ms of work, where MkDocs waits 0.5
_SETTLED = 0.05  # seconds without another change before the build begins
_NAMES = ("bookproof", "bookproof.page.extension")


class Options(Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` may say of the plugin; all else stands in `[tool.bookproof]`."""

    open_in = config_options.Type(str, default="")
    """Address of a service that opens the book's notebooks, under the pages' own paths."""


class BookproofPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Shows a book's executed blocks with outputs that are held to their recordings."""

    serving = False
    live = False  # whether edits will follow

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note whether the site is for readers, or for an author who edits."""
        self.serving = command == "serve" or dirty
        self.live = command == "serve"
        open_changes().dirty = dirty

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Bring the extension."""
        if "markdown-exec" not in config.plugins:
            raise PluginError(
                "bookproof shows what markdown-exec's fences hold: list `markdown-exec` before it "
                "in `plugins:` of mkdocs.yml"
            )
        self.book = self._book(config)
        if self.live:
            self.book.serve(self._ran_beside)
        if not any(name in config.markdown_extensions for name in _NAMES):
            config.markdown_extensions.append("bookproof")
        config.mdx_configs.setdefault("bookproof", {}).setdefault("open_in", self.config.open_in)
        if finish.STYLE not in config.extra_css:
            config.extra_css.insert(0, finish.STYLE)
        return config

    @property
    def _ran(self) -> Path:
        """A file that is written when chapters have run beside the builds: the next begins."""
        return self.book.settings.cache_dir / "ran-beside"

    def _ran_beside(self) -> None:
        write_text(self._ran, str(time.time_ns()))

    def _book(self, config: MkDocsConfig) -> Book:
        try:
            book = open_book(Path(config.config_file_path).parent)
        except BookError as error:
            raise PluginError(f"bookproof: {error}") from error
        docs = Path(config.docs_dir).resolve()
        if book.settings.docs_dir.resolve() != docs:
            raise PluginError(
                f"bookproof: [tool.bookproof] docs is {book.settings.docs!r}, and MkDocs "
                f"reads {docs}"
            )
        return book

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Run what no longer holds, before the first page is rendered."""
        try:
            self.book.refresh()
        except BookError as error:
            raise PluginError(f"bookproof: {error}") from error

    @event_priority(100)  # before mkdocs-jupyter looks for notebooks
    def _add_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the style sheet, and the notebook of each notebook script."""
        files.append(File.generated(config, finish.STYLE, content=finish.own_style()))
        folder = self.book.settings.cache_dir / "notebooks"
        jupyter = "mkdocs-jupyter" in config.plugins
        for judged in self.book.all() if jupyter else []:
            if judged.chapter.is_script:
                name = f"{judged.chapter.place}.ipynb"
                text = notebook.without_code(judged)
                if not (folder / name).exists() or (folder / name).read_text("utf-8") != text:
                    write_text(folder / name, text)
                files.append(File(name, str(folder), config.site_dir, config.use_directory_urls))
        return files

    @event_priority(-100)
    def _drop_stale(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Remove what was made of a page that changed, so that a dirty build makes it again."""
        changes, custom = open_changes(), config.theme.custom_dir
        own = sorted(Path(custom).rglob("*")) if custom else []
        shared = [Path(config.config_file_path), *(path for path in own if path.is_file())]
        changes.look(self.book.parser, self.book.all(), shared)
        if changes.now is None:
            return files
        concerned = [j for j in self.book.all() if changes.concern(j.chapter.path)]
        built = {judged.chapter.place for judged in concerned}
        pages = files.documentation_pages()
        if not built:  # the search is lost if nothing is built; a notebook takes longest
            built = {_place(min(pages, key=lambda file: file.src_uri.endswith(".ipynb")))}
        for file in pages:
            if _place(file) in built:
                beside = Path(config.site_dir, file.src_uri)  # by which a notebook's age is told
                for path in (Path(file.abs_dest_path), beside):
                    path.unlink(missing_ok=True)
        return files

    on_files = CombinedEvent(_add_files, _drop_stale)

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Name the pages that are not read this time."""
        changes = open_changes()
        for page in nav.pages if changes.now is not None else []:
            if page.file.src_uri in changes.titles and not page.file.is_modified():
                page.title = changes.titles[page.file.src_uri]
        return nav

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Show a notebook's page as the site shows its others."""
        open_changes().titles[page.file.src_uri] = str(page.title)
        if not page.file.src_uri.endswith(".ipynb"):
            return html
        for judged in self.book.all():
            if judged.chapter.is_script and judged.chapter.place == _place(page.file):
                from . import notebook_pages  # what reads HTML is there where mkdocs-jupyter is

                warn(judged.complaints)
                used = [e for e in config.markdown_extensions if not e.startswith("bookproof")]
                options = {name: config.mdx_configs.get(name, {}) for name in used}
                md = Markdown(extensions=used, extension_configs=options)
                open_in = self.config.open_in.rstrip("/")
                return notebook_pages.page(self.book.settings, html, judged, open_in, md)
        return html

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """Keep the theme's compiled templates, which MkDocs would compile anew in each build."""
        folder = self.book.settings.cache_dir / "templates"
        folder.mkdir(parents=True, exist_ok=True)
        env.bytecode_cache = FileSystemBytecodeCache(str(folder))
        return env

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Finish the site; while an author edits, write the downloads of what changed alone."""
        settings, site = self.book.settings, Path(config.site_dir)
        judged = [j for j in self.book.all() if open_changes().concern(j.chapter.path)]
        try:
            if self.serving:
                finish.downloads(settings, judged, site, config.site_url or "")
            else:
                finish.finish(settings, judged, site, config.site_url or "")
        except BookError as error:
            raise PluginError(f"bookproof: {error}") from error

    def on_serve(self, server: Any, *, config: MkDocsConfig, builder: Any) -> Any:
        """Get ready for edits: notice them soon, and import now what chapters share."""
        paths = list(server._watched_paths)
        for path in paths:
            server.unwatch(path)
        server.observer = PollingObserver(timeout=_EVERY)
        for path in paths:
            server.watch(path)
        known = [*paths, *map(str, config.watch), str(self.book.settings.recordings_dir)]
        for folder in self._read_by_blocks([Path(path).resolve() for path in known]):
            server.watch(str(folder), recursive=False)
        if self.book.settings.recordings_dir.is_dir():
            server.watch(str(self.book.settings.recordings_dir))
        self._ran_beside()
        server.watch(str(self._ran))
        server.build_delay = _SETTLED
        self.book.warm()
        if self.book.settings.rebuild == "changed":
            _rebuild_changed(builder)
        return server

    def _read_by_blocks(self, known: list[Path]) -> list[Path]:
        """List where the files stand that pages follow from, but for what is watched anyway.

        Each place costs a thread that looks at it again and again: a folder stands for its files,
        but for the book's own, in which anything may be written.
        """
        root = self.book.settings.root.resolve()
        names = {name for j in self.book.all() if j.result for name in j.result.files}
        files = {file for name in names if (file := (root / name).resolve()).is_file()}
        left = [file for file in files if not any(file.is_relative_to(folder) for folder in known)]
        return sorted({file if file.parent == root else file.parent for file in left})

    def on_shutdown(self) -> None:
        """End every process."""
        close_book()


def _place(file: File) -> str:
    return file.src_uri.removesuffix(Path(file.src_uri).suffix)


def _rebuild_changed(builder: Any) -> None:
    """Let the builder of `mkdocs serve` make again what we found changed, as `--dirty` does."""
    names = getattr(builder, "__globals__", {})
    build = names.get("build")
    if build is not None and not getattr(build, "changed_alone", False):

        def changed_alone(config: MkDocsConfig, **options: Any) -> Any:
            return build(config, **{**options, "dirty": True})

        changed_alone.changed_alone = True  # type: ignore[attr-defined]
        names["build"] = changed_alone
    open_changes().dirty = True
