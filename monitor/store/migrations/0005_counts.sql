-- The fleet counted by the minute: how many devices had each status. `blind` is 1 where the monitor could not see.

CREATE TABLE fleet_counts (
    at       REAL PRIMARY KEY,
    new      INTEGER NOT NULL,
    online   INTEGER NOT NULL,
    late     INTEGER NOT NULL,
    offline  INTEGER NOT NULL,
    sleeping INTEGER NOT NULL,
    blind    INTEGER NOT NULL CHECK (blind IN (0, 1))
);
