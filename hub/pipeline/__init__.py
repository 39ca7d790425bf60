"""Load a batch, call the domain, save: thin shells around pure decisions. No HTTP."""
