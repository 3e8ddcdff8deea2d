"""What the public is told, and when it must be told: pure, like all of `core`.

`bulletins` holds the words: a bulletin is what the public reads of one trouble, a list of updates; a draft is the next
of them. `components` says what the page is divided into, `conditions` how each of them is by what we know, `drafts`
suggests words, `objections` refuses those that name a customer, `overdue` keeps the promise of the next word, `history`
remembers 90 days, `page` is all that can reach a reader. `desk` holds them together and is the engine's neighbour.

Nothing in `page` has a place for a device, a site, a tenant or an author. Rendering is done in `monitor.web.public`,
sending in `monitor.subscribers`.
"""
