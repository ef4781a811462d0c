"""The editor of a picture's foreground: where the object is, and what covers it."""
