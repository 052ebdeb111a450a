"""Functions at work: invoking them, their URLs, concurrency and errors."""
