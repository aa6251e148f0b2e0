"""The panel of the copies: what there is, whether it is good, how to go back to one."""
