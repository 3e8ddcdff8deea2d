"""What silence and faults mean for animals and homes. Pure, as all of the core.

The way of a meal: `slots` says when it is planned, `ledger` which facts belong to it and how it ended, `meals` when it
must have ended, `feeders` what else a feeder shows. The way of a room: `cooling` forecasts, `thermostats` judges. What
any device can show is in `symptoms`. `care` is what is remembered of one device, `signs` how something is seen to begin
and end, `groups` how an outage becomes one alert instead of forty, `harm` the order in which people should look, and
`ward` leads through all of it. `settings` holds every number that an operator may choose.

To add a sign: a line in `alerts.ALERTS`, a `tell` where its evidence arrives, a runbook, a row in `docs/welfare.md`.
"""
