-- The timelines of incidents and what incidents cost. A line without an incident is about no single one: a silence,
-- a maintenance window. Moments are Unix seconds.

CREATE TABLE incident_log (
    id       INTEGER PRIMARY KEY,
    incident TEXT NOT NULL,
    at       REAL NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('seen', 'decided', 'sent', 'said', 'done')),
    text     TEXT NOT NULL,
    author   TEXT NOT NULL DEFAULT ''
);
-- Unique, so that a step written twice is there once.
CREATE UNIQUE INDEX incident_log_of_incident ON incident_log (incident, at, kind, text, author);
CREATE INDEX incident_log_by_age ON incident_log (at);

-- A meal or a sign is lost once, in the incident that it was first recorded for; what is known of it may change.
CREATE TABLE incident_losses (
    device   TEXT NOT NULL,
    what     TEXT NOT NULL,
    since    REAL NOT NULL,
    incident TEXT NOT NULL,
    at       REAL NOT NULL,
    outcome  TEXT NOT NULL,
    UNIQUE (device, what, since)
);
CREATE INDEX incident_losses_of_incident ON incident_losses (incident, since);

CREATE INDEX incidents_by_kind ON incidents (kind, opened_at, id);
