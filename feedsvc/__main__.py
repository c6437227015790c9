"""`python -m feedsvc` is `feedsvc`."""

import sys
from pathlib import Path

# Python looks for modules in the folder we stand in, which can be a site's; unless that is where we are.
if not sys.flags.safe_path and Path(sys.path[0]).resolve() != Path(__file__).resolve().parents[1]:
    del sys.path[0]

from feedsvc.cli import main

main()
