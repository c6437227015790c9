"""What the ``_index`` files of a Hugo site say: which folders are sections, and what holds in them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import regex

from feedsvc.articles.dialects.hugo.places import Place
from feedsvc.articles.dialects.site_expressions import SiteExpression
from feedsvc.articles.dialects.tables import Table, merged, table, text
from feedsvc.articles.frontmatter.head import fold, read_front_matter
from feedsvc.articles.frontmatter.yaml import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Values that hold for all pages below a section unless they say otherwise.

    Attributes:
        target: Of which pages, as expressions of ``path``, ``kind`` and ``lang``.
        values: By folded key.
    """

    target: Mapping[str, SiteExpression] = field(default_factory=dict)
    values: Table = field(default_factory=dict)

    def holds(self, place: Place) -> bool:
        """Return whether it is for the page there."""
        asked = {"path": place.path.lower(), "kind": "page", "lang": place.language}
        return all(glob.fullmatch(asked[key]) for key, glob in self.target.items() if key in asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one ``_index`` file says.

    Attributes:
        name: Its slug, else its title; "" if it has neither.
        person: Who is meant if the section is an author's; "" if it does not say.
    """

    name: str = ""
    person: str = ""
    cascades: tuple[Cascade, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """All sections of a site.

    Attributes:
        said: What ``_index`` files say, by language and folders.
        cascades: Of the configuration.
    """

    said: Mapping[tuple[str, tuple[str, ...]], Section] = field(default_factory=dict)
    cascades: tuple[Cascade, ...] = ()

    def of(self, place: Place) -> tuple[str, ...]:
        """Return the folders of the page's section: below the first, only some are sections of their own."""
        above = [place.folders[:end] for end in range(len(place.folders), 1, -1)]
        stated = (folders for folders in above if (place.language, folders) in self.said)
        return next(stated, place.folders[:1])

    def names(self, place: Place) -> list[str]:
        """Return what the sections that lead to the page are called, the outermost first."""
        folders = self.of(place)
        said = [self.said.get((place.language, folders[: end + 1])) for end in range(len(folders))]
        return [(each and each.name) or folder for each, folder in zip(said, folders, strict=True)]

    def cascaded(self, place: Place) -> Table:
        """Return what holds for the page there; what a nearer section says counts."""
        values: Table = {}
        above = [place.folders[:end] for end in range(len(place.folders) + 1)]
        said = [section for folders in above if (section := self.said.get((place.language, folders)))]
        for cascades in (self.cascades, *(section.cascades for section in said)):
            # Of several in one place, the first counts.
            for cascade in reversed(cascades):
                values = merged(cascade.values, values) if cascade.holds(place) else values
        return values


def read_section(source: str, path: str) -> Section:
    """Return the section whose ``_index``, the file at *path*, holds *source*."""
    values = read_front_matter(source).values
    title = text(values.get("title"))
    name = text(values.get("slug")).strip("-") or title
    person = text(values.get("displayname")) or title
    return Section(name=name, person=person, cascades=tuple(read_cascades(values.get("cascade"), path)))


def read_cascades(value: Value, path: str) -> Iterator[Cascade]:
    """Yield what a ``cascade`` in the file at *path* says, which is a table or a list of such."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            said = {fold(key): held for key, held in each.items()}
            globs = table(said.pop("target", None))  # "_target", too
            target = {
                key.lower(): SiteExpression(_globbed(text(glob).lower()), "cascade", path, regex.DOTALL)
                for key, glob in globs.items()
            }
            if all(each.tried_out() for each in target.values()):
                # What is written as parameters is front matter like the rest.
                yield Cascade(target=target, values=said)


# Those that lie within each other, Python reads by recursion.
_MOST_BRACES = 50


def _globbed(glob: str) -> str:
    """Return a pattern of github.com/gobwas/glob as a regular expression: ``*`` ends at a slash."""
    parts = re.findall(r"\*\*|[*?{},]|[^*?{},]+", glob)
    meanings = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    # A comma outside of braces, or a brace that is not closed, means itself.
    if glob.count("{") != glob.count("}") or not 0 < glob.count("{") <= _MOST_BRACES:
        meanings = {sign: meanings[sign] for sign in ("**", "*", "?")}
    return "".join(meanings.get(part) or regex.escape(part) for part in parts)
