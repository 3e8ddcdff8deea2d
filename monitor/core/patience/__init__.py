"""How long a device may be silent: no longer than its own past, and that of devices alike, makes sensible.

`rhythm` learns when heartbeats come, `peers` counts what silences of devices alike turned out to be, `survival` makes
chances of the counts, `circles` looks further where few are known, `rules` holds what the operator chose, and
`calibrated` brings them together in `Patience`. Imported by module: the fleet's devices hold their peers.
"""
