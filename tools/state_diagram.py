"""Draw the state machines from their tables, as docs/architecture.md and docs/incidents.md show them.

`python -m tools.state_diagram` prints the diagrams; a test compares them with the documents.
"""

from collections import defaultdict
from collections.abc import Mapping

from monitor.core.operations.lives import LIFE
from monitor.core.transitions import TRANSITIONS


def draw(table: Mapping[tuple[str, str], str], first: str) -> str:
    """A table as a Mermaid state diagram that begins with the state `first`."""
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (state, happening), following in table.items():
        between[state, following].append(happening)
    lines = ["stateDiagram-v2", f"    [*] --> {first}"]
    lines += [f"    {before} --> {after}: {', '.join(happenings)}" for (before, after), happenings in between.items()]
    return "\n".join(lines)


DEVICE = draw({(str(state), str(turn)): after for (state, turn), after in TRANSITIONS.items()}, "new")
INCIDENT = draw({(str(state), str(turn)): after for (state, turn), after in LIFE.items()}, "open")

if __name__ == "__main__":
    print(f"{DEVICE}\n\n{INCIDENT}")
