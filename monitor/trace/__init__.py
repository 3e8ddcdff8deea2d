"""Traces: what was observed, one JSON object on each line, to be judged again by `hearthbeat replay`.

`lines` reads a line and says what is wrong with it, and writes one; `encode` puts an observation back into the fields
of the contract; `recorder` writes a trace while the monitor runs. The lines are described in docs/operating.md.

Not here: replaying (`monitor/replay.py`). A new kind of line is one function in `lines` and one name in its table.
"""
