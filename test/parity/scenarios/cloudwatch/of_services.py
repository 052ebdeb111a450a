"""Metrics that queues tell of themselves."""

from harness import entry

from .data import query, window
from .tools import speaking


@entry("TestCloudwatch::test_aws_sqs_metrics_created")
def queue_metrics(t):
    client = speaking(t, "query")
    url, arn = t.queue()
    name = [{"Name": "QueueName", "Value": arn.split(":")[-1]}]

    def asked(key, *metrics):
        queries = [query(id, "AWS/SQS", metric, stat, dimensions=name) for id, metric, stat in metrics]

        def look():
            found = client.get_metric_data(MetricDataQueries=queries, **window())
            return found if all(one["Values"] for one in found["MetricDataResults"]) else None

        t.record(key, t.until(look))

    t.sqs.send_message(QueueUrl=url, MessageBody="Hello", DelaySeconds=1)
    t.sqs.receive_message(QueueUrl=url)
    asked(
        "get_metric_data",
        ("sent", "NumberOfMessagesSent", "Sum"),
        ("sent_size", "SentMessageSize", "Sum"),
        ("empty_receives", "NumberOfEmptyReceives", "Sum"),
    )
    t.messages(url)
    asked(
        "get_metric_data_2",
        ("num_msg_received", "NumberOfMessagesReceived", "Sum"),
        ("num_msg_deleted", "NumberOfMessagesDeleted", "Sum"),
    )
