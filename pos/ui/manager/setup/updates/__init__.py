"""The panel of updates: which version runs, what is offered, when it is put in place."""
