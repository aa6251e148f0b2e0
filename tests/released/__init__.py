"""Data folders that earlier versions of the program left behind, and what they must become."""
