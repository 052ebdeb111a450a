"""What scenarios of CloudWatch Logs share."""


def group(t, name=None, **arguments):
    """A log group's name."""
    name = name or t.name("group")
    t.logs.create_log_group(logGroupName=name, **arguments)
    t.defer(t.logs.delete_log_group, logGroupName=name)
    return name
