"""The status of a device as a state machine: one table, from which the diagram in the docs is drawn too.

What happens to a device is one of `HAPPENINGS`; the pair of its status and the happening gives the next status, and a
pair that is not in the table changes nothing. Maintenance is a flag beside the status, never a status.
"""

from typing import Literal

from monitor.core.decisions import Status

Happening = Literal["heard", "late", "silent", "left", "rested", "unheard", "orphaned"]

HAPPENINGS: dict[Happening, str] = {
    "heard": "a proof of life arrived",
    "late": "silent for longer than usual",
    "silent": "silent for longer than its timeout",
    "left": "its session ended: a last will after the hold, or a shutdown it announced",
    "rested": "it announced that it sleeps",
    "unheard": "known only from retained messages for longer than its timeout",
    "orphaned": "its gateway is offline and it has not spoken since",
}

TRANSITIONS: dict[tuple[Status, Happening], Status] = {
    ("new", "heard"): "online",
    ("new", "rested"): "sleeping",
    ("new", "left"): "offline",
    ("new", "unheard"): "offline",
    ("online", "late"): "late",
    ("online", "silent"): "offline",
    ("online", "left"): "offline",
    ("online", "orphaned"): "offline",
    ("online", "rested"): "sleeping",
    ("late", "heard"): "online",
    ("late", "silent"): "offline",
    ("late", "left"): "offline",
    ("late", "orphaned"): "offline",
    ("late", "rested"): "sleeping",
    ("offline", "heard"): "online",
    ("offline", "rested"): "sleeping",
    ("sleeping", "heard"): "online",
    ("sleeping", "silent"): "offline",
    ("sleeping", "left"): "offline",
    ("sleeping", "orphaned"): "offline",
}
