"""A MkDocs hook: a page asks for one script of the book's, not for each.

Authors keep small files, each with one job, and list them in `mkdocs.yml`. Readers get them joined,
in that order, which takes fewer bytes and fewer questions to the server. What the theme and plugins
bring stays by itself, and so does a script that is not deferred. Nobody is asked to fetch the
stand-in for a worker that only a page from a folder needs: `later.js` asks for it there. For the
style sheets `lighter.py` does the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

SCRIPTS = "assets/javascripts/all.js"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Drop what the offline plugin wants in the head of each page."""
    scripts = config.extra.get("polyfills", [])
    config.extra["polyfills"] = [name for name in scripts if "iframe-worker" not in name]
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Join the scripts of the book that the configuration lists."""
    docs = Path(config.docs_dir)
    scripts = [
        script.path
        for script in config.extra_javascript
        if isinstance(script, ExtraScriptValue)
        and script.defer
        and not script.type
        and (docs / script.path).is_file()
    ]
    if len(scripts) < 2:
        return files
    text = "\n".join((docs / name).read_text("utf-8") for name in scripts)
    files.append(File.generated(config, SCRIPTS, content=text))
    for name in scripts:
        if file := files.get_file_from_path(name):
            files.remove(file)
    one = ExtraScriptValue(SCRIPTS)
    one.defer = True
    kept = [script for script in config.extra_javascript if str(script) not in scripts]
    config.extra_javascript = [one, *kept]
    return files
