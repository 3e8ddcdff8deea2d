"""What a browser or a script reads over HTTP. Everything is read from the engine at request time, on the same loop.

`state.py` is all that the pages and the API are given; `app.py` joins the parts; `server.py` listens. `api/` answers
with JSON, `pages.py` with HTML made from `templates/`, `live.py` keeps an open page current. Nothing here asks another
host for anything, and nothing here decides: a change of maintenance is handed on as an observation.

To add an endpoint: one function in the router it belongs to, its model in `api/models.py`, a test in tests/unit/web.
"""
