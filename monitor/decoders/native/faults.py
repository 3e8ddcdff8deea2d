"""What is wrong with a payload, in fixed words. Fields are named, their values never."""

from collections.abc import Sequence

from pydantic_core import ErrorDetails

from monitor.decoders.native.events import EVENT_TYPES
from monitor.decoders.protocol import Rejected, RejectReason

_REASONS: dict[str, RejectReason] = {
    "missing": "missing",
    "union_tag_not_found": "missing",
    "union_tag_invalid": "unknown_event",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "dict_type": "not_an_object",
    "finite_number": "not_finite",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "too_long": "out_of_range",
    "literal_error": "not_allowed",
    "string_pattern_mismatch": "not_allowed",
    "value_error": "not_allowed",
}
_OWN_WORDS = {
    "union_tag_not_found": "type is required",
    "union_tag_invalid": f"the type is none of {', '.join(EVENT_TYPES)}",
    "model_attributes_type": "Input should be an object",
}

# What pydantic adds to the path inside of a union; the only unions of the contract are moments.
_BRANCHES = ("constrained-float", "function-after[_milliseconds(), str]")


def field_of(fault: ErrorDetails) -> str | None:
    """The field of the payload that a fault lies in; None if it is the payload as a whole."""
    inside = _path(fault)
    return str(inside[0]) if inside else None


def rejection(fault: ErrorDetails, channel: str, payload: bytes) -> Rejected:
    """A fault as a reason and one line of detail."""
    if fault["type"] == "json_invalid":
        return _not_json(fault["msg"], channel, payload)
    return Rejected(_REASONS.get(fault["type"], "wrong_type"), described(fault, channel))


def described(fault: ErrorDetails, channel: str) -> str:
    """Where a fault lies and what should be there."""
    where = ".".join(map(str, [channel, *_path(fault)]))
    if any(step in _BRANCHES for step in fault["loc"]):
        return f"{where}: must be Unix milliseconds or an RFC 3339 moment with a zone, years 2000 to 2100"
    words = _OWN_WORDS.get(fault["type"], fault["msg"])
    return f"{where}: {words.removeprefix('Value error, ')}"


def _not_json(words: str, channel: str, payload: bytes) -> Rejected:
    reason: RejectReason = "not_json"
    if "recursion limit" in words:
        reason = "too_deep"
    elif "number out of range" in words:
        reason = "not_finite"
    elif not _is_utf8(payload):
        reason = "not_utf8"
    return Rejected(reason, f"{channel}: {words}")


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


def _path(fault: ErrorDetails) -> Sequence[str | int]:
    """Field names and positions only; pydantic also puts event types and branches of unions into a path."""
    return [step for step in fault["loc"] if step not in EVENT_TYPES and step not in _BRANCHES]
