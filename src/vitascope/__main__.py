"""`python -m vitascope`: the command line."""

from vitascope.cli.app import main

main()
