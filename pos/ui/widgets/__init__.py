"""Small painted widgets every screen is made of. They draw and forward; they decide nothing."""
