"""A simulated fleet: devices, homes, providers and their faults, all repeatable from one seed.

`scenario` reads what shall happen from `scenarios/*.toml`; `world` makes it happen in virtual time; `live` does the
same against a real broker; `trace` writes it down for replay. `fleet` and `settlement` draw the devices, `network` and
`reception` lose their messages, `presence` keeps their sessions, `faults` breaks things, `truth` remembers what was
true. `judges`, `baselines`, `scoring` and `evaluation` judge verdicts against it. Nothing here is imported by the
monitor, except by its command line.
"""
