"""The page for everybody: readable without a token, without an account, without a script, and by programs.

`pages` are for people, `statuspage` is the JSON that programs know from Statuspage, `feed` the Atom feed, `signing` the
forms by which people ask to be told. `state` is all that they are given: they cannot reach the fleet, and so they
cannot show it. `app` serves them on a listener of their own; on the main one they stand beside the operators' pages.

What is public is decided in `monitor.core.publication`; messages are sent by `monitor.subscribers`.
"""
