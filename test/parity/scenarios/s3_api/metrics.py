"""Configurations of metrics."""

from harness import entry

METRICS = "TestS3MetricsConfiguration::"


def metrics(name, prefix="logs/prefix"):
    return {"Id": name, "MetricsConfiguration": {"Id": name, "Filter": {"Prefix": prefix}}}


@entry(METRICS + "test_overwrite_bucket_metrics_configuration")
def metrics_overwritten(t):
    bucket, name = t.bucket(), t.name("metrics")
    t.s3.put_bucket_metrics_configuration(Bucket=bucket, **metrics(name))
    t.record(
        "overwrite_bucket_metrics_configuration",
        t.s3.put_bucket_metrics_configuration,
        Bucket=bucket,
        **metrics(name, "logs/new-prefix"),
    )
    t.record(
        "get_bucket_metrics_configuration",
        t.s3.get_bucket_metrics_configuration,
        Bucket=bucket,
        Id=name,
    )


@entry(METRICS + "test_list_bucket_metrics_configurations")
def metrics_listed(t):
    bucket = t.bucket()
    for number in (1, 2):
        t.s3.put_bucket_metrics_configuration(Bucket=bucket, **metrics(f"id-{number}"))
    operation = t.s3.list_bucket_metrics_configurations
    t.record("list_bucket_metrics_configurations", operation, Bucket=bucket)


@entry(METRICS + "test_get_bucket_metrics_configuration_not_exist")
def metrics_not_there(t):
    operation = t.s3.get_bucket_metrics_configuration
    t.record("get_bucket_metrics_configuration", operation, Bucket=t.bucket(), Id="does-not-exist")


@entry(METRICS + "test_delete_metrics_configuration")
def metrics_deleted(t):
    at = {"Bucket": t.bucket(), "Id": "gone"}
    t.s3.put_bucket_metrics_configuration(**{**at, **metrics("gone")})
    t.record(
        "delete_bucket_metrics_configuration", t.s3.delete_bucket_metrics_configuration, **at
    )
    t.record("get_bucket_metrics_configuration", t.s3.get_bucket_metrics_configuration, **at)


@entry(METRICS + "test_list_bucket_metrics_configurations_paginated")
def metrics_paged(t):
    bucket = t.bucket()
    for number in range(102):
        t.s3.put_bucket_metrics_configuration(Bucket=bucket, **metrics(f"id-{number:03}"))
    operation = t.s3.list_bucket_metrics_configurations
    first = operation(Bucket=bucket)
    t.record(
        "list_bucket_metrics_configurations_page_2",
        operation,
        Bucket=bucket,
        ContinuationToken=first["NextContinuationToken"],
    )
