"""EventBridge: events, buses, rules and targets."""
