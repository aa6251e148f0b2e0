"""The audit section: the chain proven with progress, a slip held against it, and who changed what, newest first."""
