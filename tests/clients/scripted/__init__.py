"""Scripted providers: each route leads to a fake provider that gives, in its own dialect, the answers a test has named."""
