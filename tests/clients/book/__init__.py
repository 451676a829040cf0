"""Every block of the book: read from its pages, and run or checked as it stands there."""
