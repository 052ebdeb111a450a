"""CloudWatch's metrics and alarms, in each protocol that it speaks."""
