"""A MkDocs hook: a page asks for one style sheet and one script of the book's, not for each.

Authors keep small files, each with one job, and list them in `mkdocs.yml`. Readers get them joined,
in that order, which takes fewer bytes and fewer questions to the server. What the theme and plugins
bring stays by itself, and so does a script that is not deferred. Nobody is asked to fetch the
stand-in for a worker that only a page from a folder needs: `later.js` asks for it there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

STYLES = "assets/stylesheets/all.css"
SCRIPTS = "assets/javascripts/all.js"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Drop what the offline plugin wants in the head of each page."""
    scripts = config.extra.get("polyfills", [])
    config.extra["polyfills"] = [name for name in scripts if "iframe-worker" not in name]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Join the files of the book that the configuration lists."""
    docs = Path(config.docs_dir)
    styles = [name for name in config.extra_css if (docs / name).is_file()]
    scripts = [
        script.path
        for script in config.extra_javascript
        if isinstance(script, ExtraScriptValue)
        and script.defer
        and not script.type
        and (docs / script.path).is_file()
    ]
    for names, joined in ((styles, STYLES), (scripts, SCRIPTS)):
        if len(names) > 1:
            text = "\n".join((docs / name).read_text("utf-8") for name in names)
            files.append(File.generated(config, joined, content=text))
            for name in names:
                if file := files.get_file_from_path(name):
                    files.remove(file)
    if len(styles) > 1:
        config.extra_css = [STYLES, *(name for name in config.extra_css if name not in styles)]
    if len(scripts) > 1:
        one = ExtraScriptValue(SCRIPTS)
        one.defer = True
        kept = [script for script in config.extra_javascript if str(script) not in scripts]
        config.extra_javascript = [one, *kept]
    return files
