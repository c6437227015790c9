"""The keys of front matter that mean something, folded, the best of each kind first."""

import re
from functools import lru_cache

TITLE = ("title",)
PUBLISHED = tuple(
    """
    date published publishdate publisheddate publishedat publishedon datepublished publicationdate pubdate
    pubdatetime postdate posted postedat postedon created createdat createdon createddate datecreated
    """.split()
)
UPDATED = tuple(
    """
    updated update lastmod lastmodified lastmodifiedat lastmodifieddate modified modifiedat modifieddate
    modifiedtime datemodified updatedat updateddate dateupdated lastupdated lastupdatedat lastupdate edited
    editedat lastedited revised reviseddate
    """.split()
)
EXPIRES = tuple(
    """
    expirydate expires expiresat expireson expiry expiredate expirationdate expiration unpublishdate
    unpublishat unpublishon validuntil
    """.split()
)
# What other text there is stands in for an excerpt; a page's banner does last.
SUMMARY = tuple(
    """
    excerpt summary description desc abstract lede intro synopsis blurb snippet dek tldr metadescription
    seodescription ogdescription featuretext
    """.split()
)
# Behind those of one picture come those of pages and cards, which may hold text or a switch instead.
IMAGE = tuple(
    """
    image images imageurl imagepath cover coverimage coverimg coverurl featureimage featuredimage featureimg
    featuredimg thumbnail thumbnailimage thumb header headerimage headerimg hero heroimage banner bannerimage
    leadimage mainimage postimage primaryimage teaserimage previewimage ogimage opengraphimage socialimage
    shareimage cardimage twitterimage img picture photo poster featured feature preview teaser resources
    """.split()
)
AUTHORS = ("authors", "author", "by", "byline", "writer", "writers", "creator", "creators", "authorname")
CATEGORIES = ("categories", "category")
TAGS = ("tags", "tag", "keywords", "keyword", "topics", "topic", "labels", "hashtags")
ID = ("id", "guid", "uuid")
CANONICAL = ("canonicalurl", "canonical", "canonicallink", "originalurl", "originallink", "externalurl")
SOURCE = ("source", "sourcename", "sourcetitle", "originalsite", "canonical", "original")
VIA = ("via", "viaurl", "source", "sourceurl")
COMMENTS = ("commentsurl", "commenturl", "comments", "discussion", "discussionurl")
RELATED = ("related", "relatedurl", "relatedurls", "relatedlinks")
LICENCE = ("license", "licence", "licenseurl", "licenceurl")
CONTRIBUTORS = ("contributors", "contributor", "coauthors")
CORRECTION = ("correction", "erratum")
ANNOUNCED = ("announce", "announced")
RETRACTED = ("retracted", "retraction")
IMAGE_TITLE = ("imagetitle", "imagecaption", "covercaption", "featuredimagecaption", "photocaption")
IMAGE_CREDIT = (
    "imagecredit",
    "imagecredits",
    "photocredit",
    "covercredit",
    "imageattribution",
    "imageauthor",
)
RECORDINGS = (
    "audio",
    "audiourl",
    "audiofile",
    "podcast",
    "enclosure",
    "enclosures",
    "video",
    "videourl",
    "attachments",
)
DURATION = ("duration", "audioduration", "itunesduration")
BANNER = ("banner", "bannerimage")
FULL = ("fulltext", "feedcontent", "full", "content")
FEEDS = ("feeds", "feed", "rss")
NO_FEED = ("nofeed", "norss", "excludefromfeed", "excludefromrss", "hidefromfeed", "rssignore")
LANGUAGE = ("lang", "language", "locale", "langcode", "languagecode", "hreflang")
REDIRECTS = ("redirect", "redirectto", "redirecturl", "redirecturi", "redirectlink", "redirectpath")
TABLES = ("taxonomies", "extra", "params")
"""Where generators keep terms, pictures and keys of a site's own."""

# What follows counts in plain folders; generators have switches of their own.
HIDES = ("hidden", "private", "unlisted")
"""True, these keep an article back."""
SHOWS = ("listed", "visible", "public", "publish")
"""False, these do."""
STATES = ("visibility", "state")
"""One of `HELD_BACK` under these does."""

LET_GO = frozenset(
    """
    published publish public active live done final complete completed visible listed released scheduled
    archived updated
    """.split()
)
"""What `status` says of an article that everybody may read."""
HELD_BACK = frozenset(
    "draft private hidden pending unpublished unlisted skip inactive disabled trash deleted".split()
)
"""What `status` says of one that nobody may."""

PARTICULARS = frozenset(
    {
        *(*CANONICAL, *SOURCE, *VIA, *COMMENTS, *RELATED, *LICENCE, *CONTRIBUTORS, *CORRECTION, *IMAGE_TITLE),
        *(*IMAGE_CREDIT, *RECORDINGS, *FULL, *BANNER),
    }
)
"""Keys that few heads have; `particulars` reads them."""

KNOWN = frozenset(
    {
        *(*TITLE, *PUBLISHED, *UPDATED, *EXPIRES, *SUMMARY, *IMAGE, *AUTHORS, *CATEGORIES, *TAGS),
        *(*LANGUAGE, *REDIRECTS, *TABLES, *HIDES, *SHOWS, *STATES),
        *("subtitle", "slug", "permalink", "url", "link", "aliases", "id", "guid", "uuid", "minor"),
        *("draft", "status", "layout", "template", "type", "weight"),
    }
)
"""What tells front matter from prose between two rulers."""


@lru_cache(maxsize=10_000)
def fold(key: str) -> str:
    """Return the form in which spellings of one key are equal: `Last-Modified` is `last_modified`."""
    return re.sub(r"[\s_-]", "", key).casefold()
