"""Readers of the providers' dialects: what a request means, and what a recorded answer says. One file each."""
