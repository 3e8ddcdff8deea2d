"""What people do about trouble, and the life of an incident: acknowledge, note, resolve, silence, maintain.

`acts` are the observations that operators make, `silences` and `windows` what they set up, `lives` the table of an
incident's life, `timeline`, `links` and `report` what is told of it afterwards.

Not here: finding trouble (`outages`, `welfare`, `notices`) and telling anybody of it (`routing`, the outbox).
"""
