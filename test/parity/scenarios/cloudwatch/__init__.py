"""CloudWatch: measurements, alarms, dashboards, each over the three protocols of the service."""
