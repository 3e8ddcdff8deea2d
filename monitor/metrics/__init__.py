"""What Prometheus reads: the fleet (`fleet_…`) and the monitor itself (`hearthbeat_…`).

`catalogue.py` is the list of everything exported, as data; `docs/metrics.md` is checked against it.
`sources.py` says what is read from the workers; `collector.py` reads it when somebody scrapes, so that a heartbeat
costs nothing here. `devices.py` holds the series per device, which are off unless asked for. `page.py` puts both into
text. Only sums are exported by default: what a scrape costs depends on cohorts, never on devices.

To add a metric: one entry in the catalogue, one line where its value is read, one row in the document.
"""
