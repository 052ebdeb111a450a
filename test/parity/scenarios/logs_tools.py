"""What scenarios of CloudWatch Logs share."""


def group(t, prefix="group"):
    """The name of a new log group."""
    t.mask("creationTime", "timestamp")
    name = t.name(prefix)
    t.logs.create_log_group(logGroupName=name)
    t.defer(t.logs.delete_log_group, logGroupName=name)
    return name


def stream(t, log_group):
    """The name of a new log stream."""
    name = t.name("stream")
    t.logs.create_log_stream(logGroupName=log_group, logStreamName=name)
    return name
