"""The doors: the MkDocs plugin and the command line. Thin; what they open onto is in the rooms before."""
