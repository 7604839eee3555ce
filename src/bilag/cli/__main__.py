"""`python -m bilag.cli`: the `bilag` command without its script."""

from bilag.cli.main import run

run()
