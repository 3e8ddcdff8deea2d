"""`hearthbeat`, and `python -m monitor`."""

from monitor.cli import app


def main() -> None:
    """Run the command that the arguments name."""
    app()


if __name__ == "__main__":
    main()
