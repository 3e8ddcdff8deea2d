"""What the answers to our questions mean: probes of providers, their status pages, our own support channels, controls.

`results` is what one probe found once; `standings` what several agree on; `weights` what that weighs as evidence about
an outage, and whether we can reach anything at all; `alarms` what people are told of it; `judge` ties these together
and is what the engine uses. `settings` is the `[probing]` section, `view` what pages and metrics are shown.

Not here: asking (`monitor/probes`), and when to ask (`monitor/prober.py`).
"""
