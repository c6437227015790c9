"""Recognises a renamed and retitled article by its body alone. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from feedsvc.model import Article, Record
from feedsvc.text.characters import comparable, one_line

# Letters and digits of a body that can identify an article: "To be continued" may stand in any.
# A body with an equal date may be shorter.
_TELLING = 10

_Key = Callable[[Article], object]


def moved_bodies(
    lost: Iterable[Record], articles: Mapping[str, Article], continued: Mapping[str, Record]
) -> dict[str, Record]:
    """Return, by the path where it stands now, the record of each body that stood elsewhere at the last look.

    Only where one article alone had that body, and one alone has it now: first
    with its date, then by itself, then without the heading that gives the article its
    title. Of those with equal bytes or ids, nothing is said here.

    Args:
        lost: Records whose files are no longer called so.
        articles: By path.
        continued: By path, the records whose files are still called so.
    """
    left, come = _movers(lost, articles, continued)
    pairs: dict[str, Record] = {}
    for key in (_dated, _telling, _below_title):
        if left and come:
            staying = [article for path, article in articles.items() if path not in come]
            pairs |= _pairs(left.values(), come.values(), staying, key)
            found = {record.key for record in pairs.values()}
            left = {key: record for key, record in left.items() if key not in found}
            come = {path: article for path, article in come.items() if path not in pairs}
    return _settled(pairs, continued)


def _movers(
    lost: Iterable[Record], articles: Mapping[str, Article], continued: Mapping[str, Record]
) -> tuple[dict[int, Record], dict[str, Article]]:
    """Return the records whose bodies are not where they were, and the articles whose bodies are new."""
    changed = {
        path: record
        for path, record in continued.items()
        if (article := articles.get(path))
        and article.digest != record.article.digest
        and comparable(article.body) != comparable(record.article.body)
    }
    left = [*(record for record in lost if not record.gone), *changed.values()]
    come = [a for path, a in articles.items() if path not in continued or path in changed]
    was, now = _marks(record.article for record in left), _marks(come)
    return (
        {record.key: record for record in left if now.isdisjoint(_marks([record.article]))},
        {article.path: article for article in come if was.isdisjoint(_marks([article]))},
    )


def _marks(articles: Iterable[Article]) -> set[tuple[str, str | None]]:
    """Return what says for sure which articles they are."""
    marks = {mark for each in articles for mark in (("digest", each.digest), ("id", each.id))}
    return {(name, mark) for name, mark in marks if mark}


def _pairs(
    left: Iterable[Record], come: Iterable[Article], staying: Iterable[Article], key: _Key
) -> Iterator[tuple[str, Record]]:
    was: dict[object, list[Record]] = {}
    for record in left:
        was.setdefault(key(record.article), []).append(record)
    now = Counter(map(key, come))
    alike = [a for a in come if (mark := key(a)) is not None and now[mark] == len(was.get(mark, ())) == 1]
    common = set(map(key, staying)) if alike else set()
    return ((a.path, was[key(a)][0]) for a in alike if key(a) not in common)


def _settled(pairs: Mapping[str, Record], continued: Mapping[str, Record]) -> dict[str, Record]:
    """Return *pairs* without those that would take a record from a file which then had none.

    What is still called as it was may go elsewhere only if another comes in its place.
    """
    places = {record.key: path for path, record in continued.items()}
    kept = dict(pairs)
    while stuck := {path for path, r in kept.items() if places.get(r.key, path) not in kept}:
        kept = {path: record for path, record in kept.items() if path not in stuck}
    return kept


def _dated(article: Article) -> object:
    text = comparable(article.body)
    return (text, article.dates.published) if text and article.dates.published else None


def _telling(article: Article) -> object:
    return _if_telling(comparable(article.body))


def _below_title(article: Article) -> object:
    """Return the text below a heading that is the title, in the two ways of Markdown."""
    first, _, rest = comparable(article.body).partition("\n")
    is_title = one_line(first.strip("# ")) == article.title
    return _if_telling(rest.lstrip("=-\n")) if is_title else None


def _if_telling(text: str) -> object:
    return text if sum(map(str.isalnum, text)) >= _TELLING else None
