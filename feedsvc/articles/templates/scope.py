"""What template tags may refer to, and what is said of those that cannot be resolved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a template tag in one article may refer to.

    Attributes:
        link: Gives the absolute address of the article that a reference means; None
            if it means none that is published.
        title: Gives the title of that article.
        variables: Text by dotted name, such as ``site.title`` or ``page.url``.
        root: Scheme and host of the website, without closing slash.
        base_path: What its addresses begin with, such as ``/blog``; "" for nothing.
        url: The article's own absolute address.
    """

    link: Callable[[str], str | None] = lambda _ref: None
    title: Callable[[str], str | None] = lambda _ref: None
    variables: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    base_path: str = ""
    url: str = ""

    def on_site(self, path: str) -> str:
        """Return *path* below the site's base, as a path of its host; a URL stays."""
        if "://" in path or path.startswith(("//", "#", "mailto:")):
            return path
        return f"{self.base_path}/{path.lstrip('/')}"

    def absolute(self, path: str) -> str:
        """Return *path* below the site's base, as a URL."""
        below = self.on_site(path)
        return self.root + below if below.startswith("/") and not below.startswith("//") else below

    def beside(self, name: str) -> str:
        """Return the address of a file in the folder that goes with the article, relative to it."""
        page = self.url.rpartition("/")[2]
        folder = page.removesuffix(".html")
        return f"{folder}/{name}" if folder != page else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A tag that could not be resolved.

    Attributes:
        line: Counted from 0 at the beginning of the text.
        reason: What was done about it, for the author.
    """

    line: int
    reason: str


# Characters: a title of 60,000, named 20,000 times, would fill a machine.
MOST_PUT_IN = 1_000_000


def too_much(line: int) -> Leftover:
    """Return what to say where the tags of a text have put in as much as they may."""
    reason = (
        f"template tags put in more than {MOST_PUT_IN:,} characters up to here, so the others are left out"
    )
    return Leftover(line=line, reason=f"{reason}; write less with them")


def unknown_tag(label: str) -> str:
    """Return what to say of a tag that was left out."""
    reason = f"'{label}' is no tag that is known here and is left out, the text it encloses stays"
    return f"{reason}; write Markdown or HTML"


def unknown_value(label: str) -> str:
    """Return what to say of an expression that was left out."""
    reason = f"the value of '{label}' is not known here, so nothing stands in its place"
    return f"{reason}; write it out"


def missing_article(ref: str) -> str:
    """Return what to say of a reference that means no article."""
    reason = f"'{ref[:80]}' is no article that is published, so the link may lead to no page"
    return f"{reason}; mend it, or write the address of the page that is meant"
