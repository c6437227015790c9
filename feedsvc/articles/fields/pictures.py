"""The picture that front matter names, in whatever shape."""

from fnmatch import fnmatchcase

from markdown_it import MarkdownIt

from feedsvc.articles.fields.scalars import text_of
from feedsvc.articles.frontmatter.keys import fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.html.clean import parse
from feedsvc.articles.images import is_reference
from feedsvc.text.characters import one_line

# Where the spellings of generators keep a picture inside a mapping, best first.
PICTURE_KEYS = tuple(
    """
    path url src image feature overlayimage teaser thumbnail og ogimage cover featured hero banner large full
    default file filename publicurl source original background
    """.split()
)

_ALT_KEYS = ("alt", "alttext", "imagealt", "imagedescription")

# The names that Hugo's own templates give to a page's picture among its resources, best first.
_LEADING = ("*feature*", "*cover*", "*thumbnail*", "*header*", "*hero*", "*banner*", "*lead*", "*image*")

# What themes keep where other articles have a picture: a switch, or nothing.
_NO_PICTURE = frozenset("true false yes no on off none null nil ~ 0 1 {} []".split())

_INLINE = MarkdownIt("commonmark")


def picture_of(value: Value) -> tuple[str | None, str]:
    """Return the reference to a picture and its alternative text; (None, "") if *value* names none.

    Of a list, the first that is one; but where its members have names, as the
    resources of a page of Hugo's, only one whose name says that it leads, the clearest first.
    """
    if isinstance(value, list):
        ranked = [(rank, each) for each in value if (rank := _rank(each)) is not None]
        candidates = (each for _, each in sorted(ranked, key=lambda pair: pair[0]))
        return next((found for found in map(picture_of, candidates) if found[0]), (None, ""))
    if isinstance(value, dict):
        return _of_mapping({fold(key): each for key, each in value.items()})
    return _of_text(text_of(value) or "")


def _rank(member: Value) -> int | None:
    folded = {fold(key): text_of(each) for key, each in member.items()} if isinstance(member, dict) else {}
    name, source = folded.get("name"), folded.get("src")
    if source and "*" in source:
        return None
    if not name or not source:
        return 0
    return next((rank for rank, pattern in enumerate(_LEADING) if fnmatchcase(fold(name), pattern)), None)


def _of_mapping(folded: dict[str, Value]) -> tuple[str | None, str]:
    named = (found for key in PICTURE_KEYS if (found := picture_of(folded.get(key)))[0])
    reference, alt = next(named, (None, ""))
    own = next((text for key in _ALT_KEYS if (text := text_of(folded.get(key)))), alt)
    return reference, one_line(own)


def _of_text(text: str) -> tuple[str | None, str]:
    if text.startswith(("![[", "[[")) and text.endswith("]]"):
        reference, _, alt = text.lstrip("![").rstrip("]").partition("|")
        return reference.strip() or None, one_line(alt)
    if "![" in text:
        inline = _INLINE.parseInline(text)[0].children or []
        image = next((token for token in inline if token.type == "image"), None)
        return (str(image.attrs["src"]), one_line(image.content)) if image else (text, "")
    if text.startswith("<"):  # what a theme's archetype has in this place is no tag: "<image path/url>"
        img = parse(text).find("img")
        src, alt = (str(img.get(name) or "") if img else "" for name in ("src", "alt"))
        return src or None, one_line(alt)
    if text.casefold() in _NO_PICTURE or (" " in text and not is_reference(text)):
        return None, ""
    return text or None, ""
