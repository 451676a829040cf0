"""Claude Code and Codex, run without a terminal, and what they were recorded to send."""
