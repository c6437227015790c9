"""The body of an article to what a reader sees, beside a picture and a recording."""

from feedsvc.articles.content import read_content
from feedsvc.articles.images import Medium, medium_of
from feedsvc.articles.links.resolve import Base
from feedsvc.model import Content, SourceFile
from tests.support.builders import make_article, make_file
from tests.support.pictures import png

WAVE = png(640, 480)


def files(*paths: str) -> dict[str, SourceFile]:
    return {path: make_file(path, size=12345) for path in paths}


MEDIA = files("wave.png", "talk.mp3")
ON_SITE = Base(
    url="https://ex.org/hello/", root="https://ex.org", media_url="https://feeds.ex.org/media/", media=MEDIA
)
ON_OUR_PAGE = Base(
    url="https://feeds.ex.org/articles/hello/",
    root="https://feeds.ex.org",
    ours=True,
    media_url="https://feeds.ex.org/media/",
    media=MEDIA,
)


def look(path: str) -> Medium | None:
    return medium_of(WAVE, 12345, path) if path == "wave.png" else None


def read(body: str, base: Base = ON_SITE, **changes: object) -> Content:
    return read_content(make_article(body=body, **changes), base, look=look)
