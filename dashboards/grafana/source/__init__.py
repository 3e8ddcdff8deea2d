"""The dashboards, one file each, as Python that writes Grafana's classic JSON.

`parts` has the panels, `frame` what is around them. To add a dashboard: one file with a `BOARD`, its name in `boards`,
then `make dashboards`. Nothing here is imported by the monitor.
"""
