"""Where decisions are kept.

`protocol` is what the rest of the monitor asks for; `sqlite` keeps it in one file, `memory` only as long as the
process lives (tests, replay, demo). `settings` is the `[store]` section. Tables are made by
`migrations/NNNN_name.sql`, one number up each; a shipped migration is never edited. A new kind of store is one file
beside these two and one name in the shared tests, which every store must pass.

Not here: what to write (`core` decides) and when (`runtime`, `outbox`).
"""
