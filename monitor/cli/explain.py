"""`hearthbeat explain`: why an incident or a device is judged as it is."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, UrlOption
from monitor.cli.printing import Row, print_json_object, terminal
from monitor.cli.remote import reach

Parts = Sequence[tuple[str, str]]
INCIDENT: Parts = (
    ("Expected", "expected"),
    ("Seen", "seen"),
    ("Since", "since"),
    ("How sure", "sure"),
    ("Evidence, in nats", "evidence"),
    ("Considered, and found worse", "considered"),
    ("Cannot be told apart", "indistinguishable"),
    ("Not affected", "unaffected"),
    ("What would change this", "would_change"),
    ("Notices", "notices"),
    ("Did not come back", "stayed_away"),
)
DEVICE: Parts = (
    ("Expected", "expected"),
    ("Seen", "seen"),
    ("Since", "since"),
    ("Cause", "cause"),
    ("Explained by", "explained_by"),
    ("What happens next", "next"),
    ("Latest changes", "changes"),
)


def explain(
    subject: Annotated[
        str, typer.Argument(metavar="INCIDENT|DEVICE", help="An incident's id, or a device as tenant/device.")
    ],
    *,
    output: FormatOption = Format.TABLE,
    url: UrlOption = None,
    config: ConfigOption = None,
) -> None:
    """Say why an incident or a device is judged as it is: what was expected, what was seen, what else it could be.

    An incident, open or over:

        [bold]hearthbeat explain 3fa2c1d09e[/]

    One device, and what happens to it next:

        [bold]hearthbeat explain acme/feeder-17[/]
    """
    tenant, slash, device = subject.partition("/")
    if slash and not (tenant and device and "/" not in device):
        end(Ending.MISUSED, f"{subject} is neither an incident's id nor a device as tenant/device.")
    path = f"/devices/{quote(tenant)}/{quote(device)}" if slash else f"/incidents/{quote(subject)}"
    told = reach(url, config).get(f"/api/v1{path}/explanation", {})
    if output is Format.JSON:
        print_json_object(told)
    else:
        _print(told, DEVICE if slash else INCIDENT)


def _print(told: Row, parts: Parts) -> None:
    console = terminal()
    console.print(Text(told["summary"], "bold"))
    for head, key in parts:
        said = told[key] if isinstance(told[key], list) else [told[key]]
        lines = [_line(each) for each in said if each]
        if lines:
            _print_part(console, head, lines)


def _print_part(console: Console, head: str, lines: Sequence[Text]) -> None:
    console.print()
    console.print(Text(head, "cyan"))
    for line in lines:
        console.print(Padding(line, (0, 0, 0, 2), expand=False))


def _line(said: str | dict[str, Any]) -> Text:
    """A sentence, or a piece of evidence with its weight."""
    if isinstance(said, str):
        return Text(said)
    weight = f"{said['weight_nats']:+6.1f}  "
    style = "green" if said["weight_nats"] >= 0 else "yellow"
    return Text.assemble((weight, style), f"{said['source']}: {said['statement']} ", (f"({said['words']})", "dim"))
