"""Worker: tell those who asked of every word that is published, each of them alone.

`signing` takes people in and lets them go, `messages` words what is sent, `mailroom` sends what is owed, at least once;
`smtp` and `webhook` are the ways out, `carrier` what they have in common, `settings` is `[subscribers]`. Who is owed
what lies in the store and is written there together with the word itself (`monitor.store.mailing`).

An address is in the store and in the message to it, and nowhere else: in no log line, metric, ledger or page.
"""
