"""Newer programs: asked for, checked against the key that this program was built with, fetched, put in place.

The Update Framework (`tuf`) decides what is believed: `client.py` asks it. Imported when somebody first asks.
"""
