"""Settings shared by the preview at home and the published site."""

import os
from datetime import date

OWNER = "한바다"
AUTHOR = OWNER
SITENAME = "바다의 " + "기록"
SITESUBTITLE = f"{OWNER} writes about the sea and small tools"
SITEURL = ""

PATH = "content"
TIMEZONE = "Asia/Seoul"
DEFAULT_LANG = "ko"

YEAR = "{date:%Y}"
ARTICLE_URL = YEAR + "/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
ARTICLE_LANG_URL = "{lang}/" + ARTICLE_URL
ARTICLE_LANG_SAVE_AS = ARTICLE_LANG_URL + "index.html"

DEFAULT_CATEGORY = "기타"
DEFAULT_PAGINATION = 10
STATIC_PATHS = ["images"]
ARTICLE_EXCLUDES = ["notes"]
WITH_FUTURE_DATES = True

# What has to be worked out is nothing a reader of this file can know.
COPYRIGHT = date.today().year
PLUGIN_PATHS = [os.path.join(os.path.dirname(__file__), "plugins")]

SOCIAL = (("mastodon", "https://social.example/@bada"),)

FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
