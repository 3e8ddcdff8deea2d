-- What the public was told, and who asked to hear it. Moments are Unix seconds; `body` is the whole thing as JSON.

CREATE TABLE bulletins (
    id          TEXT PRIMARY KEY,
    started_at  REAL NOT NULL,
    changed_at  REAL NOT NULL,
    resolved_at REAL,
    body        TEXT NOT NULL
);
CREATE INDEX bulletins_by_change ON bulletins (changed_at);

-- The only table that holds addresses of people. A row is erased when they leave, with everything owed to them.
CREATE TABLE subscribers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    kind         TEXT NOT NULL CHECK (kind IN ('email', 'webhook')),
    address      TEXT NOT NULL,
    tenant       TEXT NOT NULL DEFAULT '',
    components   TEXT NOT NULL DEFAULT '[]',
    token        TEXT NOT NULL UNIQUE,
    asked_at     REAL NOT NULL,
    confirmed_at REAL,
    UNIQUE (kind, address, tenant)
);

CREATE TABLE mailings (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    subscriber  INTEGER NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    bulletin    TEXT NOT NULL,
    said        TEXT NOT NULL,
    owed_at     REAL NOT NULL,
    due_at      REAL NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT NOT NULL DEFAULT 'owed' CHECK (outcome IN ('owed', 'sent', 'abandoned')),
    finished_at REAL,
    -- Unique, so that a step written twice is owed once.
    UNIQUE (subscriber, said)
);
CREATE INDEX mailings_owed ON mailings (due_at, id) WHERE outcome = 'owed';
CREATE INDEX mailings_finished ON mailings (finished_at) WHERE outcome <> 'owed';
