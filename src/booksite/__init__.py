"""What the site's builder loads: how pages are read, and how the built site is made light."""
