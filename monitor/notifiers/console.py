"""Console: one line for each alert on standard output; for trials and the demo."""

from datetime import UTC, datetime
from typing import IO, Literal

from rich.console import Console as RichConsole
from rich.text import Text

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.egress import Door
from monitor.notifiers.protocol import DeliveryError, Parcel, ReceiverSettings

STYLES = {"critical": "bold red", "warning": "yellow", "info": "cyan"}
WIDEST = 500


class ConsoleSettings(ReceiverSettings):
    """`[[notifiers]] type = "console"`."""

    type: Literal["console"]

    def open(self, door: Door, clock: Clock) -> "Console":  # noqa: ARG002 -- every member is opened alike
        """The receiver that these settings describe."""
        return Console(self)


class Console:
    """Whoever looks at the terminal."""

    def __init__(self, settings: ConsoleSettings, paper: IO[str] | None = None) -> None:
        self.name = settings.name
        self.resend_seconds: float | None = None
        self._terminal = Terminal(file=paper, highlight=False, soft_wrap=True)

    async def send(self, parcel: Parcel) -> None:
        """Print one line for each alert."""
        try:
            for alert in parcel.alerts:
                self._terminal.print(line(alert))
        except OSError as error:
            raise DeliveryError(f"{self.name}: standard output: {error.strerror}", retryable=True) from error

    async def try_out(self) -> list[str]:
        """Nothing can stand in the way."""
        return []

    async def aclose(self) -> None:
        """There is nothing to release."""


class Terminal(RichConsole):
    """A terminal whose absence is an error to deal with; rich would end the program."""

    def on_broken_pipe(self) -> None:
        """Leave the error to whoever prints; called while it is being handled."""
        raise  # noqa: PLE0704


def line(alert: Alert) -> Text:
    """When, how bad, what; as text without markup or control characters, since devices name themselves."""
    moment = alert.starts_at if alert.ends_at is None else alert.ends_at
    resolved = alert.state == "resolved"
    return Text.assemble(
        datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%SZ "),
        ("resolved " if resolved else f"{alert.severity:8} ", "green" if resolved else STYLES[alert.severity]),
        (f"{_printable(alert.name)} ", "bold"),
        _printable(alert.summary),
        (f" → {_printable(alert.annotations.get('resolution', 'over'))}" if resolved else "", "green"),
    )


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:WIDEST]
