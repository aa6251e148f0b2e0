"""What goes on whatever screen is open: scans, banners, who is signed in."""
