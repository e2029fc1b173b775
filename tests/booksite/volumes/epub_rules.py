"""What is wrong with an EPUB, by the rules that EPUBCheck holds, as far as a book like ours goes.

The format: https://www.w3.org/TR/epub-33. Where EPUBCheck itself is, `tests/site` asks it, too.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
TYPE = "{http://www.idpf.org/2007/ops}type"
LINK = "{http://www.w3.org/1999/xlink}href"
MEDIA = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
PHRASING = {
    *("a", "abbr", "b", "br", "cite", "code", "em", "i", "img", "kbd", "mark", "q", "s", "samp"),
    *("small", "span", "strong", "sub", "sup", "var", "del", "ins", "wbr", "time"),
}
BLOCKS = {
    *("article", "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
    *("li", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "ul"),
}
OF_PHRASES = {"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"} | PHRASING
PARENTS = {  # element: what it must stand in
    "li": {"ol", "ul"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "tr": {"table", "thead", "tbody", "tfoot"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "caption": {"table"},
    "figcaption": {"figure"},
    "summary": {"details"},
}
CHILDREN = {  # element: all that may stand in it
    "ol": {"li"},
    "ul": {"li"},
    "dl": {"dt", "dd", "div"},
    "table": {"caption", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tr": {"td", "th"},
}
EVERYWHERE = {"id", "class", "style", "title", "lang", "dir", "role", "translate", "hidden", TYPE}
ATTRIBUTES = {
    "a": {"href", "hreflang"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope", "abbr"},
    "img": {"src", "alt", "width", "height"},
    "blockquote": {"cite"},
    "details": {"open"},
    "time": {"datetime"},
}


def problems(file: Path) -> list[str]:
    """Name all that is wrong with an EPUB; nothing if it is well."""
    try:
        with zipfile.ZipFile(file) as archive:
            return list(_problems(archive))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, AttributeError) as error:
        return [f"it cannot be read: {error}"]


def _problems(archive: zipfile.ZipFile) -> Iterator[str]:
    names = archive.namelist()
    first = archive.infolist()[0]
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED or first.extra:
        yield "mimetype is not the first file, stored as it is"
    elif archive.read("mimetype") != b"application/epub+zip":
        yield "mimetype says something else"
    for name, times in Counter(name.lower() for name in names).items():
        if times > 1:
            yield f"{name} is there {times} times"
    container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
    root = next(e for e in container.iter() if e.tag.endswith("}rootfile")).attrib["full-path"]
    folder = posixpath.dirname(root)
    package = ElementTree.fromstring(archive.read(root))
    yield from _metadata(package)

    items = {item.attrib["id"]: item.attrib for item in package.iter(f"{OPF}item")}
    if len(items) != len(list(package.iter(f"{OPF}item"))):
        yield "two items of the manifest have one id"
    paths = {posixpath.join(folder, unquote(item["href"])): item for item in items.values()}
    for path, item in paths.items():
        if path not in names:
            yield f"{path} is in the manifest, and nowhere else"
        if MEDIA.get(posixpath.splitext(path)[1]) != item["media-type"]:
            yield f"{path} is no {item['media-type']}"
    for name in {*names} - {*paths, "mimetype", "META-INF/container.xml", root}:
        yield f"{name} is not in the manifest"

    spine = [item.attrib["idref"] for item in package.iter(f"{OPF}itemref")]
    yield from (f"{id} is twice in the spine" for id, n in Counter(spine).items() if n > 1)
    yield from (f"{id} of the spine is not in the manifest" for id in spine if id not in items)
    pages = {p: i for p, i in paths.items() if i["media-type"] == MEDIA[".xhtml"] and p in names}
    yield from (f"{p} is in no spine" for p, item in pages.items() if item["id"] not in spine)
    navs = [p for p, item in pages.items() if "nav" in item.get("properties", "").split()]
    if len(navs) != 1:
        yield f"{len(navs)} files have the property nav"

    trees = {}
    for path in pages:
        try:
            trees[path] = ElementTree.fromstring(archive.read(path))
        except ElementTree.ParseError as error:
            yield f"{path} is not well-formed: {error}"
    ids = {p: {e.attrib["id"] for e in t.iter() if "id" in e.attrib} for p, t in trees.items()}
    for path, tree in trees.items():
        found = (*_page(tree), *_properties(tree, pages[path]), *_links(path, tree, ids, paths))
        yield from (f"{path}: {problem}" for problem in found)
    for path in navs:
        yield from (f"{path}: {p}" for p in (_nav(trees[path]) if path in trees else ()))
    for path in paths:
        if path.endswith(".css") and path in names:
            text = re.sub(r"/\*.*?\*/", "", archive.read(path).decode(), flags=re.DOTALL)
            if re.search(r"url\(|@import|:is\(|:has\(|var\(", text):
                yield f"{path} asks for a file, or for what old devices do not know"


def _metadata(package: ElementTree.Element) -> Iterator[str]:
    """Name what the package does not say of itself."""
    if package.get("version") != "3.0":
        yield "it is no EPUB 3"
    for name in ("identifier", "title", "language"):
        if not any((e.text or "").strip() for e in package.iter(f"{DC}{name}")):
            yield f"no dc:{name}"
    ids = {e.get("id") for e in package.iter(f"{DC}identifier")}
    if package.get("unique-identifier") not in ids:
        yield "unique-identifier names no identifier"
    changed = [
        e.text or "" for e in package.iter(f"{OPF}meta") if e.get("property") == "dcterms:modified"
    ]
    if len(changed) != 1 or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", changed[0]):
        yield "dcterms:modified is not one moment in UTC"


def _page(tree: ElementTree.Element) -> Iterator[str]:
    """Name what is wrong with a page by itself."""
    if tree.tag != f"{HTML}html":
        yield "its root is not html"
    if not (tree.findtext(f"{HTML}head/{HTML}title") or "").strip():
        yield "it has no title"
    body = tree.find(f"{HTML}body")
    if body is None:
        yield "it has no body"
        return
    ids = Counter(e.attrib["id"] for e in tree.iter() if "id" in e.attrib)
    for id, times in ids.items():
        if times > 1:
            yield f"the id {id!r} is there {times} times"
        if not id or re.search(r"\s", id):
            yield f"{id!r} is no id"
    for parent in body.iter():
        for child in parent:
            yield from _element(parent, child)
    for anchor in body.iter(f"{HTML}a"):
        if len(list(anchor.iter(f"{HTML}a"))) > 1:
            yield "a link in a link"


def _element(parent: ElementTree.Element, element: ElementTree.Element) -> Iterator[str]:
    """Name what is wrong with an element where it stands."""
    name, outer = _name(element), _name(parent)
    if element.tag.startswith(SVG):
        if any(key.startswith("data-") for key in element.attrib):
            yield f"<{name}> of a drawing has data"
        if name == "path" and not element.get("d"):
            yield "a path without d"
        if name in ("script", "foreignObject", "animate", "set"):
            yield f"<{name}> in a drawing"
        if not name[0].islower() or name in ("clippath", "lineargradient"):
            yield f"<{name}> is nothing of a drawing"
        return
    if element.tag.startswith(MATH):
        return
    if not element.tag.startswith(HTML) or name not in PHRASING | BLOCKS:
        yield f"<{name}> is no element of a book"
        return
    if parent.tag.startswith(HTML):
        if name in PARENTS and outer not in PARENTS[name]:
            yield f"<{name}> in <{outer}>"
        if outer in CHILDREN and name not in CHILDREN[outer]:
            yield f"<{name}> in <{outer}>"
        if outer in OF_PHRASES and outer not in ("a", "ins", "del") and name in BLOCKS:
            yield f"<{name}> in <{outer}>"
    if name == "figure" and element.get("role", "group") not in ("figure", "group", "none"):
        yield f"a figure is no {element.get('role')}"
    known = EVERYWHERE | ATTRIBUTES.get(name, set())
    for key in element.attrib:
        plain = key.replace("{http://www.w3.org/XML/1998/namespace}", "")
        if plain not in known and not plain.startswith(("aria-", "data-")):
            yield f"<{name}> has {key}"
    if name in ("ol", "ul", "table", "tr", "dl") and len(element) == 0:
        yield f"<{name}> is empty"


def _properties(tree: ElementTree.Element, item: dict[str, str]) -> Iterator[str]:
    """Name what a page holds and the manifest does not say, and the other way around."""
    said = set(item.get("properties", "").split()) - {"nav"}
    tags = {e.tag for e in tree.iter()}
    holds = {"svg": f"{SVG}svg", "mathml": f"{MATH}math", "scripted": f"{HTML}script"}
    there = {name for name, tag in holds.items() if tag in tags}
    if said != there:
        yield f"its properties are {sorted(said)}, and it holds {sorted(there)}"


def _links(
    path: str, tree: ElementTree.Element, ids: dict[str, set[str]], paths: Collection[str]
) -> Iterator[str]:
    """Name the links of a page that lead nowhere, and what would be fetched from elsewhere."""
    for element in tree.iter():
        for key, value in element.attrib.items():
            for id in re.findall(r"url\(#([^)]+)\)", value):
                if id not in ids[path]:
                    yield f"url(#{id}) is nowhere"
            if re.search(r"url\(\s*['\"]?https?:", value):
                yield f"{value} is fetched from elsewhere"
            if key not in ("href", "src", LINK):
                continue
            url = urlsplit(value)
            outside = bool(url.scheme or url.netloc)
            if outside and (element.tag == f"{HTML}a" and key == "href"):
                continue
            if outside:
                if url.scheme != "data" or element.tag not in (f"{SVG}image", f"{HTML}img"):
                    yield f"{value[:80]} is fetched from elsewhere"
                continue
            there = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(url.path)))
            there = there if url.path else path
            if there not in paths:
                yield f"{value} leads nowhere"
            elif url.fragment and unquote(url.fragment) not in ids.get(there, ()):
                yield f"{value} has no such place"


def _nav(tree: ElementTree.Element) -> Iterator[str]:
    """Name what is wrong with the table of contents."""
    tables = [nav for nav in tree.iter(f"{HTML}nav") if nav.get(TYPE) == "toc"]
    if len(tables) != 1:
        yield f"{len(tables)} tables of contents"
    for table in tables:
        for entry in table.iter(f"{HTML}li"):
            inside = [_name(child) for child in entry]
            if inside not in (["a"], ["a", "ol"], ["span", "ol"]):
                yield f"an entry of {inside}"
            elif not "".join(entry[0].itertext()).strip():
                yield "an entry without a text"


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]
