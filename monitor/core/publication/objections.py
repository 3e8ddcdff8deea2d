"""What a public text may not say: whatever points to one customer or one device."""

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache

from monitor.core.fleet import Fleet
from monitor.core.publication import phrases
from monitor.core.publication.bulletins import Draft

LONGEST_TITLE = 150
LONGEST_BODY = 5000
SHORTEST_ID = 3
"""Shorter ids are not looked for: they are no secret, and half of all sentences hold one."""
SHORTEST_NUMBER = 5
"""Ids that are plain numbers are looked for from this length on."""

_WORD = re.compile(r"\w(?:[\w.:-]*\w)?")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")
_PARTS = re.compile(r"[.:_-]")


def objections(draft: Draft, fleet: Fleet, *, allowed: Collection[str] = (), contact: str = "") -> list[str]:
    """Why these words cannot be said, each with what to do; empty if they can."""
    text = f"{draft.title}\n{draft.body}"
    found = [*_of_form(draft)]
    if contact:
        text = text.replace(contact, "")
    found += [
        f"the text holds {what}; take it out, public texts name no address" for what in dict.fromkeys(_addresses(text))
    ]
    harmless = _own_words() | {word.lower() for word in allowed}
    names = known_names(fleet, text, harmless)
    found += [
        f"the text holds {word!r}, the id of a {what}; say it without, or if the word is meant otherwise, add it to"
        " [status_page] allowed_words"
        for word, what in sorted(names.items())
    ]
    return found


def words_of(text: str, products: Collection[str] = ()) -> Iterator[str]:
    """Every word of a text in small letters, also those within a longer one, but nothing of a product's name."""
    for match in _WORD.finditer(text):
        word = match[0].lower()
        if word not in products:
            yield word
            yield from _PARTS.split(word)


def known_names(fleet: Fleet, text: str, harmless: Collection[str] = ()) -> Mapping[str, str]:
    """What of a text names a device, a site or a tenant, and which of them. Names of products are none."""
    products = _products(fleet)
    wanted = {word for word in words_of(text, products) if word not in harmless and _is_telling(word)}
    lowered = text.lower()
    found: dict[str, str] = {}
    for what, names in _named(fleet):
        low = {name.lower() for name in names}
        odd = {name for name in low if name and name in lowered and not _WORD.fullmatch(name)}
        for name in (low & wanted) | odd:
            found.setdefault(name, what)
    return found


def _named(fleet: Fleet) -> Iterator[tuple[str, set[str]]]:
    """What the fleet knows by name. A set for each, since a large fleet must not hold up the loop for long."""
    ids = [device.id.partition("/") for device in fleet]
    yield "device", {name for _, _, name in ids}
    yield "site", {device.profile.site for device in fleet}
    yield "tenant", {tenant for tenant, _, _ in ids}
    yield "gateway", {device.profile.parent for device in fleet}


def _products(fleet: Fleet) -> set[str]:
    """What everybody may name: providers, regions and what devices are sold as."""
    profiles = [device.profile for device in fleet]
    names = {each.provider for each in profiles} | {each.region for each in profiles}
    names |= {each.model for each in profiles} | {each.firmware for each in profiles}
    names |= {each.vendor for each in profiles}
    return {name.lower() for name in names if name}


def _is_telling(word: str) -> bool:
    return len(word) >= (SHORTEST_NUMBER if word.isdigit() else SHORTEST_ID)


def _of_form(draft: Draft) -> Iterator[str]:
    if not draft.title.strip():
        yield "the title is empty; say in a few words what does not work"
    if len(draft.title) > LONGEST_TITLE or "\n" in draft.title:
        yield f"the title must be one line of at most {LONGEST_TITLE} characters; it has {len(draft.title)}"
    if not draft.body.strip():
        yield "the text is empty; say what happens, what owners should do and what they should not do"
    if len(draft.body) > LONGEST_BODY:
        yield f"the text has {len(draft.body)} characters; at most {LONGEST_BODY} are read by anybody"
    if any(ord(character) < 32 and character not in "\n\t" for character in draft.title + draft.body):  # noqa: PLR2004
        yield "the text holds control characters; write it as plain text"
    if draft.plan is not None and draft.plan.ends_at <= draft.plan.starts_at:
        yield "the planned work ends before it begins; exchange the two moments"


def _addresses(text: str) -> Iterator[str]:
    if _MAIL.search(text):
        yield "an e-mail address"
    if _MAC.search(text):
        yield "a hardware address"
    if any(_is_network_address(word) for word in re.findall(r"[0-9A-Fa-f:.]{4,}", text)):
        yield "a network address"


def _is_network_address(word: str) -> bool:
    word = word.strip(".")
    if word.count(".") != 3 and word.count(":") < 2:  # noqa: PLR2004 -- neither form of an address
        return False
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


@cache
def _own_words() -> frozenset[str]:
    """The words of our own suggestions: they name nobody, even where a device is called `feeder`."""
    return frozenset(word for sentence in _sentences(vars(phrases)) for word in words_of(sentence))


def _sentences(names: Mapping[str, object]) -> Iterator[str]:
    for name, value in names.items():
        if name.isupper() and isinstance(value, str):
            yield value
        elif name.isupper() and isinstance(value, Mapping):
            yield from (each for each in value.values() if isinstance(each, str))
