"""What a browser or a script reads over HTTP. Everything is read from the engine at request time, on the same loop.

`state.py` is all that the pages and the API are given; `app.py` joins the parts; `server.py` listens. `api/` answers
with JSON, `pages/` with HTML made from `templates/`, `public/` with what everybody may read; `live.py` keeps an open
page current, `plots.py` draws, `rounds.py` goes through the fleet, `sessions.py` and `security.py` tell who may what.
Nothing here asks another host for anything, and nothing here decides: what people do is handed on as an observation, by
`acts.py` for the API and for forms alike.

To add an endpoint: one function in the router it belongs to, its model in `api/models.py`, a test in tests/unit/web.
"""
