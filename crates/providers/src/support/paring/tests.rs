//! Conversations and what is left of them.
