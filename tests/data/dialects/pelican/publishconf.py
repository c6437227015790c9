"""Settings of the published site alone."""

import os
import sys

sys.path.append(os.curdir)
from pelicanconf import *

SITEURL = "https://bada.example/log"
RELATIVE_URLS = False

FEED_ALL_ATOM = "feeds/all.atom.xml"
FEED_ALL_RSS = "feeds/all.rss.xml"
CATEGORY_FEED_ATOM = "feeds/{slug}.atom.xml"
FEED_MAX_ITEMS = int(os.environ.get("FEED_ITEMS", "50"))

DELETE_OUTPUT_DIRECTORY = True
