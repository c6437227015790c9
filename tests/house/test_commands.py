"""A stranger finds `feedsvc X` in feedsvc/cli/X.py."""

import pytest

from feedsvc.cli import cli

# Two directions of one capability share a module.
SHARED = {"restore": "backup"}


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_a_command_lies_in_the_module_of_its_name(name: str) -> None:
    function = cli.commands[name].callback

    assert function is not None
    assert function.__module__ == f"feedsvc.cli.{SHARED.get(name, name)}"
