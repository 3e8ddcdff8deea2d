-- Moments are Unix seconds. `body` is the whole thing as JSON; the other columns are there to be searched.

CREATE TABLE saved (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE devices (
    id        TEXT PRIMARY KEY,
    status    TEXT NOT NULL,
    since     REAL NOT NULL,
    last_seen REAL NOT NULL,
    body      TEXT NOT NULL
);

CREATE TABLE status_changes (
    id       INTEGER PRIMARY KEY,
    device   TEXT NOT NULL,
    at       REAL NOT NULL,
    status   TEXT NOT NULL,
    previous TEXT NOT NULL,
    reason   TEXT NOT NULL,
    cause    TEXT NOT NULL
);
-- Unique, so that a step written twice is there once.
CREATE UNIQUE INDEX status_changes_of_device ON status_changes (device, at, status, previous);
CREATE INDEX status_changes_by_age ON status_changes (at);

CREATE TABLE incidents (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    layer       TEXT NOT NULL,
    opened_at   REAL NOT NULL,
    resolved_at REAL,
    body        TEXT NOT NULL
);
CREATE INDEX incidents_by_opening ON incidents (opened_at, id);

CREATE TABLE alerts (
    key        TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('firing', 'resolved')),
    starts_at  REAL NOT NULL,
    changed_at REAL NOT NULL,
    body       TEXT NOT NULL
);
CREATE INDEX alerts_by_start ON alerts (starts_at, key);

CREATE TABLE deliveries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver        TEXT NOT NULL,
    alert           TEXT NOT NULL REFERENCES alerts (key),
    idempotency_key TEXT NOT NULL,
    owed_at         REAL NOT NULL,
    due_at          REAL NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    outcome         TEXT NOT NULL DEFAULT 'owed' CHECK (outcome IN ('owed', 'delivered', 'abandoned')),
    finished_at     REAL,
    error           TEXT NOT NULL DEFAULT '',
    body            TEXT NOT NULL,
    UNIQUE (receiver, idempotency_key)
);
CREATE INDEX deliveries_owed ON deliveries (receiver, alert, id) WHERE outcome = 'owed';
CREATE INDEX deliveries_abandoned ON deliveries (finished_at) WHERE outcome = 'abandoned';
CREATE INDEX deliveries_of_alert ON deliveries (alert);
