"""Exports to buckets."""

from harness import entry

from .logs_tools import group

C = "TestExportTasks::"
TIMES = {"fromTime": 1611316574, "to": 1642852574000}


@entry(f"{C}test_create_export_task")
def created(t):
    bucket = t.bucket()
    create = t.logs.create_export_task
    t.record("create-export-task", create, logGroupName=group(t), destination=bucket, **TIMES)


@entry(f"{C}test_create_export_task_bucket_not_found")
def missing_bucket(t):
    create = t.logs.create_export_task
    name = t.name("no-bucket")
    t.record("error-bucket-not-found", create, logGroupName=group(t), destination=name, **TIMES)


@entry(f"{C}test_create_export_task_log_group_not_found")
def missing_group(t):
    create, name = t.logs.create_export_task, t.name("no-group")
    t.record(
        "error-log-group-not-found", create, logGroupName=name, destination=t.bucket(), **TIMES
    )
