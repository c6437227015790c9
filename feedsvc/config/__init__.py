"""What the operator decides: settings, where they are found, and what follows from them."""

from feedsvc.config.assembly import FORMATS, fields_of, named_feeds
from feedsvc.config.dump import dump_config, sample_config
from feedsvc.config.load import acceptable, load_config, where_set
from feedsvc.config.paths import articles_around, find_config, locate, state_folders, where_written
from feedsvc.config.settings import Config
from feedsvc.config.site import has_public_host, listening_url, make_site

__all__ = [
    "FORMATS",
    "Config",
    "acceptable",
    "articles_around",
    "dump_config",
    "fields_of",
    "find_config",
    "has_public_host",
    "listening_url",
    "load_config",
    "locate",
    "make_site",
    "named_feeds",
    "sample_config",
    "state_folders",
    "where_set",
    "where_written",
]
