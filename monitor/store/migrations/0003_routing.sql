-- Deliveries learn what they belong to, why they leave when they do, and that they can be called off.
-- `thread` is the incident, or the alert where there is none; `wanted_at` is when it was first due; `begun` is set just
-- before a first try, so that what may have been told is never called off.

CREATE TABLE deliveries_routed (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver        TEXT NOT NULL,
    alert           TEXT NOT NULL,
    thread          TEXT NOT NULL,
    state           TEXT NOT NULL,
    reason          TEXT NOT NULL DEFAULT 'alert',
    bundle          TEXT NOT NULL DEFAULT '',
    idempotency_key TEXT NOT NULL,
    owed_at         REAL NOT NULL,
    wanted_at       REAL NOT NULL,
    due_at          REAL NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    begun           INTEGER NOT NULL DEFAULT 0,
    outcome         TEXT NOT NULL DEFAULT 'owed' CHECK (outcome IN ('owed', 'delivered', 'abandoned', 'cancelled')),
    finished_at     REAL,
    error           TEXT NOT NULL DEFAULT '',
    body            TEXT NOT NULL,
    UNIQUE (receiver, idempotency_key)
);
INSERT INTO deliveries_routed
    SELECT id, receiver, alert, coalesce(nullif(json_extract(body, '$.incident'), ''), alert),
        json_extract(body, '$.state'), 'alert', '', idempotency_key, owed_at, owed_at, due_at, attempts, 0,
        outcome, finished_at, error, body
    FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_routed RENAME TO deliveries;

CREATE INDEX deliveries_owed ON deliveries (receiver, thread, id) WHERE outcome = 'owed';
CREATE INDEX deliveries_due ON deliveries (receiver, due_at) WHERE outcome = 'owed';
CREATE INDEX deliveries_bundle ON deliveries (receiver, bundle, due_at) WHERE outcome = 'owed';
CREATE INDEX deliveries_abandoned ON deliveries (finished_at) WHERE outcome = 'abandoned';
CREATE INDEX deliveries_delivered ON deliveries (receiver, finished_at) WHERE outcome = 'delivered';
CREATE INDEX deliveries_of_alert ON deliveries (alert, receiver, id);
CREATE INDEX deliveries_of_thread ON deliveries (thread, id);
