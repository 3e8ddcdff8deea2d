"""Draw the state machine of a device from its table, as docs/architecture.md shows it.

`python -m tools.state_diagram` prints the diagram; a house test compares it with the document.
"""

from collections import defaultdict

from monitor.core.transitions import TRANSITIONS


def draw() -> str:
    """The table as a Mermaid state diagram."""
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (status, happening), following in TRANSITIONS.items():
        between[status, following].append(happening)
    lines = ["stateDiagram-v2", "    [*] --> new"]
    lines += [f"    {before} --> {after}: {', '.join(happenings)}" for (before, after), happenings in between.items()]
    return "\n".join(lines)


if __name__ == "__main__":
    print(draw())
