#!/usr/bin/env python
"""Gatehouse's command line: `manage.py help` lists the commands."""

import os
import sys

from django.core.management import execute_from_command_line

from config import environment


def main() -> None:
    """Run one command, against the settings of `--settings`, of DJANGO_SETTINGS_MODULE, else of development."""
    for position, argument in enumerate(sys.argv):
        if argument == "--settings" and position + 1 < len(sys.argv):
            os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[position + 1]
        elif argument.startswith("--settings="):
            os.environ["DJANGO_SETTINGS_MODULE"] = argument.partition("=")[2]
    environment.prepare()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
