"""Recorded exchanges with providers, replayed through the OpenAI SDKs against the real gateway."""
