"""The only callers of connectors, besides webhooks and «test connection». Each job is a coroutine
`(hub, key)`; it is woken, works until nothing is due, and may be run again at any time without harm."""
