"""Hostile articles and site configurations: grown by a grammar, spoilt from real ones, and spliced of both.

All is drawn from a `Random`, so that a seed gives the same again, and Hypothesis can draw it, too
(`strategies.HOSTILE`); a thousand of them take a tenth of a second.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from pathspec import GitIgnoreSpec

from feedsvc.articles.dialects import GENERATORS, PLAIN, Dialect, SiteFiles
from feedsvc.articles.frontmatter import keys
from tests.support.grammar import ADDRESSES, NASTY, PRODUCTIONS, SCALARS
from tests.support.places import DATA

_TESTS = DATA
_TRAPS = [_TESTS / "traps", _TESTS.parent / "seeds"]
_SITES = _TESTS / "dialects"
_ARTICLES = frozenset({".md", ".markdown", ".mdx", ".html", ".rst", ".txt", ".njk"})

_DEEPEST = 4
_LONGEST = 4_000  # characters; what is long only is told from what is wrong by other tests

# Keys of generators' own, besides those of `articles.keys`.
OTHER_KEYS = """
    minor expired searchhidden path build cascade outputs headless saveas series collection pagination
    translationkey excerptseparator renderwithliquid eleventyexcludefromcollections eleventynavigation
    draft published status layout feeds slug permalink url aliases taxonomies extra params weight save_as
    """.split()


# Grown


def grown(symbol: str, random: Random, depth: int = 0) -> str:
    """Return a text that the grammar has for *symbol*."""
    choices = PRODUCTIONS[symbol]
    chosen = choices[0] if depth > _DEEPEST else random.choice(choices)
    if "«" not in chosen:
        return chosen
    return re.sub("«([a-z]+)»", lambda found: grown(found[1], random, depth + 1), chosen)


def body(random: Random) -> str:
    """Return some blocks, mostly of one markup."""
    if random.random() < 0.01:
        return repeated(random)
    symbol = random.choice(["markdown", "markdown", "html", "rest", "tag", "jsx", "any"])
    blocks = [
        grown(symbol if random.random() < 0.9 else "any", random) for _ in range(random.choice([1, 1, 2, 4]))
    ]
    return random.choice(["\n\n", "\n", " "]).join(blocks)[:_LONGEST]


def repeated(random: Random) -> str:
    """Return one unit again and again, for what takes more time the more of it there is."""
    unit = random.choice(
        ["> ", "- ", "[", "+-", "::", "<b>", "{% if a %}", "{{", "a|", "*a ", grown("any", random)]
    )
    return unit[:200] * (_LONGEST // max(len(unit[:200]), 1))


def value(random: Random, depth: int = 0) -> object:
    """Return what could stand under a key of front matter."""
    if depth < 3 and random.random() < 0.25:
        inner = [value(random, depth + 1) for _ in range(random.randrange(3))]
        named = {random.choice(["url", "name", "src", "title", "type", "length"]): each for each in inner}
        return random.choice([inner, named])
    symbol = random.choice(
        ["scalar", "scalar", "scalar", "address", "address", "text", "text", "nasty", "any"]
    )
    return grown(symbol, random)[:_LONGEST]


def head(random: Random, known: Sequence[str], form: str = "yaml") -> str:
    """Return a head with its fences, mostly in a *form* of which the site's generator knows."""
    odd = {random.choice(known): value(random) for _ in range(random.randrange(4))}
    # Most are shown, so that they go all the way.
    values: dict[str, object] = {"title": grown("text", random), "date": "2026-04-01 10:00"}
    values = (values if random.random() < 0.9 else {}) | odd
    if random.random() < 0.3:
        values["tags"] = random.choice(["a", "b", ["a", "b"], "R&D"])
    return _FORMS[form if random.random() < 0.8 else random.choice([*_FORMS])](values, random)


def _yaml(values: Mapping[str, object], random: Random) -> str:
    fence = random.choice(["---", "---", "---", "---yaml", "--- "])
    return "\n".join([fence, *(f"{key}: {as_yaml(each)}" for key, each in values.items()), "---", "", ""])


def as_yaml(value: object) -> str:
    """Return *value* as flow YAML; text that a person would write without quotes stands so."""
    plain = isinstance(value, str) and value in _UNQUOTED
    return str(value) if plain else json.dumps(value)


_UNQUOTED = frozenset((*ADDRESSES, *SCALARS, *NASTY))


def _json(values: Mapping[str, object], random: Random) -> str:
    return json.dumps(values, ensure_ascii=random.random() < 0.5) + "\n\n"


def _toml(values: Mapping[str, object], random: Random) -> str:
    def written(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key} = {written(each)}" for key, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(written, value)) + "]"
        bare = str(value) in SCALARS or str(value).startswith("2026-")
        return str(value) if bare and random.random() < 0.7 else json.dumps(value)

    return "\n".join(["+++", *(f"{key} = {written(each)}" for key, each in values.items()), "+++", "", ""])


def _headers(values: Mapping[str, object], random: Random) -> str:  # noqa: ARG001
    # Mostly on one line: what follows else is the body.
    lines = (f"{key.capitalize()}: {each}".replace("\n", "\n  ") for key, each in values.items())
    return "\n".join(lines) + "\n\n"


def _docinfo(values: Mapping[str, object], random: Random) -> str:
    title = grown("word", random)
    return "\n".join(
        [title, "#" * len(title), "", *(f":{key}: {each}" for key, each in values.items()), "", ""]
    )


def _meta(values: Mapping[str, object], random: Random) -> str:
    named = "".join(f"<meta name='{key}' content='{each}'>\n" for key, each in values.items())
    return f"<html><head><title>{grown('word', random)}</title>\n{named}</head>\n<body>\n"


_FORMS = {
    "yaml": _yaml,
    "toml": _toml,
    "json": _json,
    "headers": _headers,
    "docinfo": _docinfo,
    "meta": _meta,
}


def _form(layout: str, suffix: str, random: Random) -> str:
    """Return a form of heads that a generator reads in files that end so."""
    if layout == "pelican":
        return {".rst": "docinfo", ".html": "meta", ".htm": "meta"}.get(suffix, "headers")
    return random.choice({"zola": ["toml", "yaml"], "hugo": ["yaml", "toml", "json"]}.get(layout, ["yaml"]))


# Spoilt


def spoilt(text: str, random: Random) -> str:
    """Return *text* with some lines replaced, dropped, repeated, indented or added to, and maybe cut."""
    lines = text.split("\n")
    for _ in range(random.randrange(1, 5)):
        place = random.randrange(len(lines))
        nasty = random.choice([random.choice(NASTY), grown("any", random)])
        line = lines[place]
        sign = next((sign for sign in ("=", ":") if sign in line), "")
        kept = line.partition(sign)[0] if sign else line
        lines[place : place + 1] = random.choice(
            [
                [f"{kept}{sign} {nasty}"],
                [],
                [line] * 2,
                [f"  {line}"],
                [line, f"{random.choice(OTHER_KEYS)}{sign or ':'} {nasty}"],
                [line[: random.randrange(len(line) + 1)] + nasty + line[random.randrange(len(line) + 1) :]],
            ]
        )
        lines = lines or [nasty]
    return "\n".join(lines)[: random.choice([None, None, None, random.randrange(2_000)])]


def spliced(one: str, other: str, random: Random) -> str:
    """Return the beginning of one text and the end of another."""
    return one[: random.randrange(len(one) + 1)] + other[random.randrange(len(other) + 1) :]


def coded(text: str, random: Random) -> bytes:
    """Return *text* as bytes: mostly sound UTF-8, else with what editors and accidents do to it."""
    chance = random.random()
    if chance < 0.8:
        return text.encode("utf-8", "surrogatepass" if chance < 0.1 else "replace")
    if chance < 0.9:
        text = text.replace("\n", random.choice(["\r\n", "\r", "\u2028", "\n\x00", "\n\ufeff"]))
        return text.encode("utf-8-sig", "replace")
    if chance < 0.96:
        return text.encode(
            random.choice(["utf-16", "utf-16-le", "latin-1", "utf-7", "utf-32", "cp949"]), "replace"
        )
    raw = bytearray(text.encode("utf-8", "replace"))
    for _ in range(random.randrange(4)):
        raw[random.randrange(len(raw) + 1) : random.randrange(len(raw) + 1)] = bytes([random.randrange(256)])
    return bytes(raw)


# Sites


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a generator's site is laid out.

    Attributes:
        texts: What the sample site is steered by.
        folder: Where an article lies; of Jekyll's, the beginning of its name too.
        config: The file that configures it, as most sites have it; "" if there is none.
        articles: Those of the sample site.
    """

    name: str
    texts: Mapping[str, str]
    folder: str
    config: str
    articles: Sequence[str]

    def open(self, texts: Mapping[str, str]) -> Dialect:
        """Return the dialect of a site with *texts*."""
        found = [generator for generator in GENERATORS if generator.name == self.name]
        names = frozenset(path.partition("/")[0] + "/" * ("/" in path) for path in texts)
        return found[0].open(SiteFiles(name="site", names=names, texts=texts)) if found else PLAIN


_FOLDERS = {
    "plain": ("", ""),
    "jekyll": ("_posts/2024-05-01-", "_config.yml"),
    "hugo": ("content/posts/", "hugo.toml"),
    "zola": ("content/blog/", "config.toml"),
    "hexo": ("source/_posts/", "_config.yml"),
    "pelican": ("content/tech/", "pelicanconf.py"),
    "eleventy": ("content/blog/", "eleventy.config.js"),
}


@cache
def layouts() -> Mapping[str, Layout]:
    """Return how sites are laid out, by the names of their dialects."""
    return {name: _layout(name, *where) for name, where in _FOLDERS.items()}


def _layout(name: str, folder: str, config: str) -> Layout:
    wanted = next((generator.files_to_read for generator in GENERATORS if generator.name == name), ())
    spec = GitIgnoreSpec.from_lines(wanted)
    files = sorted(path for path in (_SITES / name).rglob("*") if path.is_file())
    paths = {path.relative_to(_SITES / name).as_posix(): path for path in files}
    return Layout(
        name=name,
        texts={path: _text(file) for path, file in paths.items() if spec.match_file(path)},
        folder=folder,
        config=config,
        articles=[_text(path) for path in files if path.suffix in _ARTICLES],
    )


@cache
def _real() -> Sequence[str]:
    """Return real articles: the traps, and the seeds."""
    return [_text(path) for root in _TRAPS for path in sorted(root.rglob("*")) if path.suffix in _ARTICLES]


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def known_keys(dialect: Dialect) -> Sequence[str]:
    """Return the folded keys that mean something somewhere."""
    tables = [value for name, value in vars(keys).items() if name.isupper()]
    named = {key for table in tables if isinstance(table, tuple | frozenset) for key in table}
    own = {key for group in dialect.field_keys.values() for key in group if not key.startswith(":")}
    return sorted(named | own | {*OTHER_KEYS})


def article(random: Random, layout: Layout, known: Sequence[str], suffix: str = ".md") -> bytes:
    """Return the bytes of a file that may be an article of such a site.

    Args:
        known: Keys of front matter.
    """

    def whole() -> str:
        return head(random, known, _form(layout.name, suffix, random)) + body(random)

    real = random.choice([*_real(), *layout.articles])
    chance = random.random()
    if chance < 0.7:
        text = whole()
    elif chance < 0.9:
        text = spoilt(real, random)
    else:
        text = spliced(*random.choice([(real, whole()), (whole(), real), (whole(), whole())]), random)
    return coded(text[:_LONGEST], random)


def path(random: Random, layout: Layout, suffix: str, number: int) -> str:
    """Return the path of the *number*-th article of a site: no other one has it."""
    name = random.choice(["", "", "", "", "", *"한글- é- a'b- #- %41- 2024-05-02- &- x_ --".split()])
    after = random.choice(["", "", "", "", "", *".ko (1) ~ .en-GB %".split(), "/index", ".x.y"])
    folder = random.choice(["", "", "", "", "", "sub/", "ü b/", "2024/"]) if layout.name != "jekyll" else ""
    dated = "2024-05-02-" if layout.name in ("zola", "pelican") and random.random() < 0.5 else ""
    return f"{layout.folder}{folder}{dated}{name}{number}{after}{suffix}"


def configured(random: Random, layout: Layout) -> Mapping[str, str]:
    """Return what a site is steered by, with one of its files spoilt."""
    if not layout.texts:
        return layout.texts
    bad = random.choice([layout.config, random.choice(sorted(layout.texts))])
    return {**layout.texts, bad: spoilt(layout.texts[bad], random)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A site and its articles.

    Attributes:
        dialect: By its name.
        texts: What the site is steered by, by path.
        settings: The operator's own, as TOML.
        articles: By path.
        thorough: What is dear is done, too: foreign parsers, an export, a start from nothing.
    """

    dialect: str
    texts: Mapping[str, str]
    settings: str
    articles: Mapping[str, bytes]
    thorough: bool = False


def publication(random: Random, size: int, *, thorough: bool = False) -> Publication:
    """Return a publication of *size* articles; a small one is about its configuration."""
    layout = random.choice([*layouts().values()])
    texts = configured(random, layout) if size < 20 or random.random() < 0.2 else layout.texts
    dialect = layout.open(layout.texts)
    known = known_keys(dialect)
    return Publication(
        dialect=layout.name,
        texts=texts,
        settings=_settings(random),
        articles=dict(_article(random, layout, dialect, known, number) for number in range(size)),
        thorough=thorough,
    )


def _article(
    random: Random, layout: Layout, dialect: Dialect, known: Sequence[str], number: int
) -> tuple[str, bytes]:
    suffix = random.choice([".md", random.choice(sorted(dialect.suffixes))])
    place = path(random, layout, suffix, number)
    if dialect.why_not_an_article(place) and random.random() < 0.8:
        place = f"{layout.folder}{number}.md"
    return place, article(random, layout, known, suffix)


def _settings(random: Random) -> str:
    def either(*values: str) -> str:
        return random.choice(values)

    return f"""
        [site]
        {either("", 'url = "https://ex.org"', 'url = "https://ex.org/blog"')}
        timezone = "{either("UTC", "Asia/Seoul", "America/St_Johns")}"
        [articles]
        git_dates = false
        [feeds]
        limit = 10_000
        bytes = 1_000_000_000
        term_limit = 5
        by = {either("[]", "['language']", "['tag']", "['category', 'tag', 'author', 'language']")}
        content = "{either("full", "full", "excerpt")}"
        composed = {either("false", "false", "false", "false", "true")}
        pages = {either("true", "false")}
        [images]
        inline = {either("true", "false")}
        ignore_shared = {either("0", "3")}
        [server]
        url = "https://{either("ex.org", "feeds.example/x")}"
        [[feed]]
        name = "heard"
        {either("", "private = true")}
        where = {{ media = ["audio"] }}
    """
