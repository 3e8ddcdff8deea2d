"""All dashboards, and the command that writes them: `python -m dashboards.grafana.source.boards`."""

from pathlib import Path

from dashboards.grafana.source import device, feeders, fleet, itself, outages, privacy, thermostats

BOARDS = (
    fleet.BOARD,
    outages.BOARD,
    feeders.BOARD,
    thermostats.BOARD,
    device.BOARD,
    itself.BOARD,
    privacy.BOARD,
)
FOLDER = Path(__file__).resolve().parent.parent / "dashboards"


def files() -> dict[Path, str]:
    """What belongs into the folder of dashboards."""
    return {FOLDER / f"{board.uid}.json": board.to_json() for board in BOARDS}


def write() -> None:
    """Write all dashboards, and remove what is no dashboard any more."""
    wanted = files()
    for stale in set(FOLDER.glob("*.json")) - set(wanted):
        stale.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
