"""Whether a run met what its scenario demands."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from simulators.faults.target import layer_of
from simulators.fleet import Population
from simulators.scenario import Expectation, Scenario
from simulators.scoring.rolls import Rolls
from simulators.scoring.verdicts import OutageVerdict, Scope, SignShown, Verdicts
from simulators.truth import Truth


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation and what came of it, in words."""

    expectation: Expectation
    wanted: bool
    met: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Said:
    """One verdict of any kind, reduced to what expectations speak of."""

    at: float
    layers: frozenset[str]
    scopes: tuple[Scope, ...]
    linked: int = 0
    name: str = ""


def examine(scenario: Scenario, verdicts: Verdicts, truths: Iterable[Truth], population: Population) -> list[Finding]:
    """Hold a run against `must_detect` and `must_not`, as far as the detector speaks of such things at all."""
    causes = list(truths)
    rolls = Rolls(population)
    findings = []
    for expectation in (each for each in scenario.must_detect if each.verdict in verdicts.vocabulary):
        said = _matching(expectation, verdicts, causes, rolls)
        ever = _matching(expectation.model_copy(update={"within": None}), verdicts, causes, rolls)
        excess = expectation.at_most is not None and len(ever) > expectation.at_most
        loud = _too_loud(expectation, verdicts)
        met = bool(said) and not excess and not loud
        findings.append(Finding(expectation, True, met, loud or _story(expectation, said)))  # noqa: FBT003
    named = _without_equivalents(verdicts)
    for expectation in (each for each in scenario.must_not if each.verdict in verdicts.vocabulary):
        said = _matching(expectation, named, causes, rolls)
        findings.append(Finding(expectation, False, not said, _story(expectation, said)))  # noqa: FBT003
    return findings


def _without_equivalents(verdicts: Verdicts) -> Verdicts:
    """What is forbidden is to tell of a scope; to say that it cannot be told apart from what is told is honest."""
    return replace(verdicts, outages=[replace(outage, equivalents=()) for outage in verdicts.outages])


def _matching(expectation: Expectation, verdicts: Verdicts, truths: list[Truth], rolls: Rolls) -> list[_Said]:
    causes = [truth for truth in truths if expectation.fault is None or _named(truth, expectation.fault)]
    fits = _in_time(expectation, causes)
    everything = _everything(expectation, verdicts, causes, rolls)
    return [
        said
        for said in everything
        if fits(said.at)
        and said.linked >= (expectation.linked or 0)
        and (expectation.layer is None or expectation.layer in said.layers)
        and (expectation.scope is None or any(rolls.same(expectation.scope, scope) for scope in said.scopes))
    ]


def _everything(expectation: Expectation, verdicts: Verdicts, causes: list[Truth], rolls: Rolls) -> list[_Said]:
    match expectation.verdict:
        case "outage" | "degraded":
            return [_outage(verdict) for verdict in verdicts.outages]
        case "suspicion":
            return [_Said(each.at, frozenset({each.layer}), (each.scope,)) for each in verdicts.suspicions]
        case "blind":
            return [_Said(spell.start, frozenset({"monitor"}), ({},)) for spell in verdicts.blind]
        case "page":
            return [_Said(page.at, frozenset(), ({},), name=page.alert) for page in verdicts.pages]
        case "welfare":
            return _signs(expectation, verdicts, causes, rolls)
        case "device" | "flapping":
            return _device_verdicts(expectation, verdicts, causes, rolls)


def _outage(verdict: OutageVerdict) -> _Said:
    """An outage counts for each of the scopes that it names as the same, and for their layers."""
    layers = {verdict.layer, *(layer_of(scope) for scope in verdict.equivalents)}
    return _Said(verdict.opened_at, frozenset(layers), (verdict.scope, *verdict.equivalents), verdict.linked)


def _device_verdicts(expectation: Expectation, verdicts: Verdicts, causes: list[Truth], rolls: Rolls) -> list[_Said]:
    """Devices called offline; where a fault is named, only its own devices, else only those that no fault hit."""
    hit = frozenset[str]().union(*(truth.devices for truth in causes)) if causes else frozenset[str]()
    about = hit if expectation.fault is not None else rolls.members({}) - hit
    return [
        _Said(spell.start, frozenset({"device"}), ({"device": device},))
        for device, spells in verdicts.offline.items()
        if device in about
        for spell in spells
    ]


def _signs(expectation: Expectation, verdicts: Verdicts, causes: list[Truth], rolls: Rolls) -> list[_Said]:
    """Signs of harm; where a fault is named, those of its devices and alerts about many, else those of bystanders."""
    hit = frozenset[str]().union(*(truth.devices for truth in causes)) if causes else frozenset[str]()
    about = hit | {""} if expectation.fault is not None else rolls.members({}) - hit
    return [
        _Said(shown.at, frozenset({"device"}), ({"device": shown.device},))
        for shown in verdicts.signs
        if shown.device in about and expectation.sign in (None, shown.sign)
        if expectation.severity in (None, shown.severity) and _ahead(expectation, shown, rolls)
    ]


def _ahead(expectation: Expectation, shown: SignShown, rolls: Rolls) -> bool:
    """Whether a sign came early enough before the frost; that of a room without frost never did."""
    if expectation.ahead is None:
        return True
    frozen_at = rolls.frozen_at(shown.device)
    return frozen_at is not None and shown.at <= frozen_at - expectation.ahead


def _in_time(expectation: Expectation, causes: list[Truth]) -> Callable[[float], bool]:
    if expectation.fault is None or not causes:
        return lambda _moment: True
    start = min(truth.start for truth in causes)
    latest = float("inf") if expectation.within is None else start + expectation.within
    return lambda moment: start <= moment <= latest


def _named(truth: Truth, fault: str) -> bool:
    """A fault's truths bear its name; one that strikes several scopes numbers them."""
    return truth.name == fault or truth.name.startswith(f"{fault}-")


def _too_loud(expectation: Expectation, verdicts: Verdicts) -> str:
    """The alerts that fired more often than they may, in words."""
    fired = {name: verdicts.alerts.get(f"{name} firing", 0) for name in expectation.alerts_at_most}
    loud = [name for name, most in expectation.alerts_at_most.items() if fired[name] > most]
    return "; ".join(f"{name} fired {fired[name]} times" for name in loud)


def _story(expectation: Expectation, said: list[_Said]) -> str:
    name = " ".join(
        part for part in (expectation.verdict, expectation.layer or "", str(expectation.scope or "")) if part
    )
    names = ", ".join(sorted({each.name for each in said if each.name}))
    return f"{name}: said {len(said)} time{'' if len(said) == 1 else 's'}{names and f' ({names})'}"
