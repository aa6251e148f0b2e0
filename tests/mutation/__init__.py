"""Deliberate breaking of the rules: whatever nobody notices is either without effect or without a test."""
