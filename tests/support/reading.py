"""The bytes of a file to an article of a plain folder in Seoul, or to problems."""

from zoneinfo import ZoneInfo

from feedsvc.articles.dialects import PLAIN
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import Reading, read_article
from feedsvc.model import Article
from tests.support.builders import make_file


def read(raw: str | bytes, path: str = "hello.md") -> Reading:
    raw = raw.encode() if isinstance(raw, str) else raw
    file = make_file(path, size=len(raw))
    return read_article(file, raw, ReadingRules(dialect=PLAIN, zone=ZoneInfo("Asia/Seoul")))


def article(raw: str | bytes, path: str = "hello.md") -> Article:
    found = read(raw, path).article
    assert found is not None
    return found


def front(*lines: str, body: str = "Body.\n", path: str = "hello.md") -> Article:
    return article("\n".join(["---", *lines, "---", body]), path)


def problems(raw: str | bytes, path: str = "hello.md") -> list[str]:
    return [str(problem) for problem in read(raw, path).problems]
