"""`hearthbeat egress`: what left, to whom, whether that record is whole, and what would leave."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from monitor.cli.endings import Ending, end
from monitor.cli.options import ConfigOption, Format, FormatOption, TenantOption, configured
from monitor.cli.printing import Column, Row, plain, print_json, print_json_object, print_table, utc
from monitor.cli.samples import samples
from monitor.clock import SystemClock
from monitor.config import Config
from monitor.core.decisions import Alert
from monitor.egress import (
    EgressError,
    LedgerError,
    Policy,
    Pseudonyms,
    Question,
    Seal,
    Sum,
    add_up,
    content_of,
    load_key,
    verify,
)
from monitor.egress.rehearsal import Rehearsal, Rehearsed
from monitor.notifiers import NotifierSettings
from monitor.notifiers.apprise import AppriseSettings
from monitor.notifiers.console import ConsoleSettings, line
from monitor.notifiers.message import body, title
from monitor.notifiers.protocol import DeliveryError, Parcel

SPANS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
DEMO_KEY = b"no key was made yet; pseudonyms will differ"

SENDINGS = (
    Column("Receiver", plain("receiver")),
    Column("Purpose", plain("purpose")),
    Column("Sent", lambda row: f"{row['sendings']:,}"),
    Column("What became of it", lambda row: _counted(row["outcomes"])),
    Column("Bytes", lambda row: f"{row['size']:,}"),
    Column("Last", lambda row: utc(row["last_at"])),
    Column("Tenants", lambda row: _counted(row["tenants"])),
)
FIELDS = (
    Column("Receiver", plain("receiver")),
    Column("Purpose", plain("purpose")),
    Column("Field", plain("field")),
    Column("Times", lambda row: f"{row['times']:,}"),
)


def report(
    *,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="Only what left since: 24h, 7d, or a moment such as 2026-11-01T12:00Z.")
    ] = "",
    receiver: Annotated[str, typer.Option(metavar="NAME", help="Only what this receiver was sent.")] = "",
    tenant: TenantOption = "",
    output: FormatOption = Format.TABLE,
    config: ConfigOption = None,
) -> None:
    """Tell who was sent which fields, how often and what for, as the egress ledger has it. It holds no values.

    A receiver turned out to be open to strangers. Which fields of whom did it get this month?

        [bold]hearthbeat egress report --receiver chat --since 30d[/]
    """
    settings = configured(config).config
    question = Question(_moment(since) if since else 0.0, receiver, tenant)
    try:
        sums = add_up(settings.egress.ledger(settings.store.path), question)
    except LedgerError as error:
        end(Ending.FAILED, str(error))
    rows = [_plain_sum(total) for total in sums]
    if output is Format.JSON:
        print_json(rows)
        return
    print_table(SENDINGS, rows, "Nothing left.")
    if fields := list(_field_rows(sums)):
        typer.echo()
        print_table(FIELDS, fields, "")


def verify_ledger(
    *,
    expect: Annotated[
        str, typer.Option(metavar="PLACE", help="A place in the chain, noted earlier, that must still be in it.")
    ] = "",
    output: FormatOption = Format.TABLE,
    config: ConfigOption = None,
) -> None:
    """Walk along the chain of the egress ledger and name the first line that does not fit; exit code 1 if there is one.

    Prints the place of the last line. Kept somewhere else, it shows later that nothing was rewritten since:

        [bold]hearthbeat egress verify --expect 1041:9f3c…[/]
    """
    settings = configured(config).config
    path = settings.egress.ledger(settings.store.path)
    try:
        expected = Seal.parse(expect) if expect else None
        found = verify(path, _key(settings), expected=expected)
    except (EgressError, OSError) as error:
        end(Ending.FAILED, str(error))
    except ValueError:
        end(Ending.MISUSED, f"--expect {expect}: a place is a number, a colon and 64 hexadecimal digits")
    if output is Format.JSON:
        print_json_object({**asdict(found), "head": str(found.head)})
    elif not found.fault:
        typer.echo(f"{path}: {found.lines:,} lines fit, {found.removed:,} before them were removed by age")
        typer.echo(f"the last place is {found.head}")
    if found.fault:
        end(Ending.FAILED, f"{path}: {found.fault}")
    if expected is not None and not found.met:
        end(Ending.FAILED, f"{path}: line {expected.number} was removed by age, so it cannot be compared any more")


def preview(
    receiver: Annotated[str, typer.Argument(metavar="RECEIVER", help="The name of a receiver of the configuration.")],
    *,
    name: Annotated[
        str, typer.Option("--alert", metavar="NAME", help="Which alert to imagine, as in FreezeRisk.")
    ] = "FreezeRisk",
    config: ConfigOption = None,
) -> None:
    """Show the exact bytes that a receiver would be sent for an imagined alert. Nothing is sent, nobody is reached.

    What does a chat service learn of an outage?

        [bold]hearthbeat egress preview chat --alert ProviderOutage[/]
    """
    settings = configured(config).config
    chosen = next((entry for entry in settings.notifiers if entry.name == receiver), None)
    if chosen is None:
        known = ", ".join(entry.name for entry in settings.notifiers) or "none is configured"
        end(Ending.MISUSED, f"There is no receiver {receiver}; there is: {known}.")
    imagined = samples(settings.links.public_url, time.time())
    if name not in imagined:
        end(Ending.MISUSED, f"There is no alert {name}; there is: {', '.join(sorted(imagined))}.")
    policy = Policy(chosen.trust, Pseudonyms(_key(settings)), chosen.fields)
    seen, withheld = policy.admit(imagined[name])
    try:
        shown = asyncio.run(rehearse(chosen, policy, [seen]))
    except DeliveryError as error:
        end(Ending.FAILED, str(error))
    typer.echo("\n".join(shown))
    fields = ", ".join(content_of([seen]).fields)
    typer.echo(f"\n{withheld} fields are withheld from {receiver}. The ledger would note: {fields}.", err=True)


async def rehearse(entry: NotifierSettings, policy: Policy, seen: Sequence[Alert]) -> list[str]:
    """What the receiver would be sent, line by line, its secret left out. Raises DeliveryError."""
    if isinstance(entry, ConsoleSettings):
        return [line(alert).plain for alert in seen]
    if isinstance(entry, AppriseSettings):
        return [
            title(seen, "alert"),
            "",
            body(seen),
            "",
            "(in whatever form the service that apprise speaks to has)",
        ]
    door = Rehearsal(entry.name, policy)
    async with contextlib.aclosing(door), contextlib.aclosing(entry.open(door, SystemClock())) as notifier:
        await notifier.send(Parcel(seen, "sample"))
    told = [text for request in door.requests for text in _shown(request)]
    secret = entry.secret()
    return [text.replace(secret, "(the secret)") for text in told] if secret else told


def _shown(request: Rehearsed) -> Iterator[str]:
    yield f"{request.method} {request.url}"
    yield from (f"{name}: {value}" for name, value in request.headers.items())
    yield ""
    yield request.body.decode(errors="replace")


def _key(settings: Config) -> bytes:
    """The key of the pseudonyms; a stand-in where none was made yet, since looking must not make one."""
    folder = settings.store.path.absolute().parent
    configured_elsewhere = settings.egress.pseudonym_key or settings.egress.pseudonym_key_file
    if not configured_elsewhere and not (folder / "pseudonym.key").exists():
        return DEMO_KEY
    try:
        return load_key(settings.egress, folder)
    except (EgressError, OSError) as error:
        end(Ending.FAILED, str(error))


def _moment(text: str) -> float:
    """Unix seconds, from a span before now or a moment."""
    number, unit = text[:-1], text[-1:]
    if unit in SPANS and number.replace(".", "", 1).isdecimal():
        return time.time() - float(number) * SPANS[unit]
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        end(Ending.MISUSED, f"--since {text}: say 90m, 24h, 7d, 4w, or a moment such as 2026-11-01T12:00Z")
    return (written if written.tzinfo else written.replace(tzinfo=UTC)).timestamp()


def _plain_sum(total: Sum) -> dict[str, Any]:
    counted = {name: dict(getattr(total, name).most_common()) for name in ("tenants", "fields")}
    return {**asdict(total), **counted, "outcomes": dict(+total.outcomes)}


def _field_rows(sums: list[Sum]) -> Iterator[Row]:
    for total in sums:
        for field, times in Counter(total.fields).most_common():
            yield {"receiver": total.receiver, "purpose": total.purpose, "field": field, "times": times}


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items()) or "–"
