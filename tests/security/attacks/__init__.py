"""Attacks on the till, each tried in earnest: what a test tries is its name, whether it got through is the test."""
