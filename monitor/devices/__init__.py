"""What devices are and say. Pure data; imports nothing of the monitor.

Here: `profile` (what a device says it is), `schedule` (plans), `events` (what can happen at a device), `reading` (the
words in which a kind is described), one file per kind (`feeder`, `thermostat`, `gateway`) and `kinds`, their table.
Not here: how payloads are read (`decoders`), what follows from a reading (`core`).

To add a kind: one file with a `DeviceKind`, its name in `profile.Kind`, its line in `kinds.py`. Its readings are then
decoded, range-checked and kept; `docs/contract.md` wants a row for each (a test compares).
"""
