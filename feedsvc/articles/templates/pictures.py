"""Pictures in template tags, by whatever names generators and themes have for them and their parts."""

import re
from html import escape

from markdown_it import MarkdownIt

from feedsvc.articles.html.angle_brackets import read_with_own_brackets
from feedsvc.articles.templates.arguments import Arguments
from feedsvc.articles.templates.scope import Scope

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PICTURES = frozenset("figure fig img image picture pic photo".split())
_FIGURES = frozenset({"figure", "fig"})
_SOURCES = tuple("src image_path url image img path file filename image_url source href name".split())
_CAPTIONS = ("caption", "figcaption", "title")

_INCLUDED = (".html", ".liquid")

_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp)(?:[?#]|\Z)", re.IGNORECASE)
_PIXELS = re.compile(r"(\d{1,5})(?:px)?")

_CAPTION = MarkdownIt("commonmark")
_MARKUP = re.compile(r"[*_`]|\]\([^()]*\)|\[|<[^<>]*>")


def is_picture(name: str) -> bool:
    """Return whether a tag of that name shows a picture, such as ``legacy-img`` or ``BlogImage``."""
    last = name.rpartition("/")[2].partition(".")[0]
    return not _PICTURES.isdisjoint(word.lower() for word in _WORD.findall(last))


def picture(name: str, arguments: Arguments, scope: Scope) -> tuple[str, str] | None:
    """Return the picture that a tag shows, as a figure and as it stands in a line; None if it names none."""
    src, texts, sizes = _source(arguments)
    if not src:
        return None
    if name == "asset_img":
        src = scope.beside(src)
    elif name.endswith(_INCLUDED) and not src.startswith(("/", ".")):
        src = scope.on_site(src)  # included files hand it to `relative_url`
    caption = arguments.first(*_CAPTIONS)
    title = arguments.first("title")
    if not _is_figure(name) or title == caption:
        title = ""
    if _is_figure(name) and not caption:
        caption = " ".join(texts[1:2] or texts[:1])
    alt = arguments.first("alt") or " ".join(texts[:1]) or _plain(caption)
    image = _image(src, alt, sizes)
    link = arguments.first("link", "href", "link_url")
    if link and link != src:
        image = f'<a href="{escape(link)}">{image}</a>'
    title = title and f"<strong>{_inline(title)}</strong>"
    below = " ".join(filter(None, (title, _inline(caption), _credit(arguments))))
    below = f"<figcaption>{below}</figcaption>" if below else ""
    figure = f"<figure>{image}{below}</figure>"
    return figure, figure if below else image


def _source(arguments: Arguments) -> tuple[str, list[str], list[str]]:
    """Return the picture's address, the texts behind it, and its width and height."""
    named = arguments.first(*_SOURCES)
    if named and not {".", "/"} & set(named):
        return "", [], []  # the name of something that only the theme knows
    places = range(len(arguments.words))
    src, behind = named, 0
    if not named:
        at = next((place for place in places if _is_address(arguments.word(place))), None)
        if at is None:
            return "", [], []
        src, behind = arguments.word(at), at + 1
    sizes = [arguments.first("width"), arguments.first("height")]
    while _PIXELS.fullmatch(arguments.word(behind)):
        sizes = [*filter(None, sizes), arguments.word(behind)]
        behind += 1
    # Some write the quotes of two texts within the quotes of one.
    texts = [text.strip("\"' ") for text in arguments.texts(behind)]
    return src, [text for text in texts if text], sizes


def _is_address(word: str) -> bool:
    return bool(_IMAGE.search(word)) or "://" in word or word.startswith(("/", "./", "../"))


def _is_figure(name: str) -> bool:
    return not _FIGURES.isdisjoint(word.lower() for word in _WORD.findall(name))


def _image(src: str, alt: str, sizes: list[str]) -> str:
    pixels = [found[1] if (found := _PIXELS.fullmatch(size)) else "" for size in sizes[:2]]
    measured = "".join(
        f' {side}="{each}"' for side, each in zip(("width", "height"), pixels, strict=False) if each
    )
    return f'<img src="{escape(src)}" alt="{escape(alt)}"{measured}>'


def _credit(arguments: Arguments) -> str:
    """Return whom a picture is owed to, in the parameters of Hugo's own figure."""
    credit, link = escape(arguments.first("attr")), escape(arguments.first("attrlink"))
    return f'<a href="{link}">{credit or link}</a>' if link else credit


def _inline(caption: str) -> str:
    return read_with_own_brackets(caption, _CAPTION.renderInline, shown="&lt;")


def _plain(caption: str) -> str:
    return read_with_own_brackets(caption, lambda text: _MARKUP.sub("", text))
