from harness import entry

from .stack_tools import deploy


def masked(t):
    for key in ["CreatedTimestamp", "LastModifiedTimestamp"]:
        t.mask(key, "timestamp")


def outputs():
    return {
        "Url": {"Value": {"Ref": "Queue"}},
        "Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}},
    }


def queue(**properties):
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def attributes(t, key, url, names=("All",)):
    t.record(key, t.sqs.get_queue_attributes, QueueUrl=url, AttributeNames=list(names))


@entry("test_create_standard_queue_with_required_properties")
def required(t):
    masked(t)
    _, made = deploy(t, {"Queue": queue()}, outputs())
    t.hide("queue-arn", made["Arn"])
    attributes(t, "attributes", made["Url"])


@entry("test_create_standard_queue_with_all_properties")
def all_properties(t):
    masked(t)
    dead = {"Fn::GetAtt": ["Dead", "Arn"]}
    resources = {
        "Dead": queue(QueueName=t.name(), RedriveAllowPolicy={"redrivePermission": "allowAll"}),
        "Queue": queue(
            QueueName=t.name(),
            DelaySeconds=17,
            KmsDataKeyReusePeriodSeconds=297,
            KmsMasterKeyId="alias/aws/sqs",
            MaximumMessageSize=1234,
            MessageRetentionPeriod=13579,
            ReceiveMessageWaitTimeSeconds=18,
            RedrivePolicy={"deadLetterTargetArn": dead, "maxReceiveCount": 7},
            SqsManagedSseEnabled=False,
            VisibilityTimeout=45,
            Tags=[
                {"Key": "Department", "Value": "Finance"},
                {"Key": "Environment", "Value": "Production"},
            ],
        ),
    }
    more = {"DeadArn": {"Value": dead}, "DeadUrl": {"Value": {"Ref": "Dead"}}}
    _, made = deploy(t, resources, {**outputs(), **more})
    t.hide("queue-arn", made["Arn"])
    t.hide("dlq-queue-arn", made["DeadArn"])
    attributes(t, "attributes", made["Url"])
    t.record("tags", t.sqs.list_queue_tags, QueueUrl=made["Url"])
    attributes(t, "dlq_attributes", made["DeadUrl"], ["RedriveAllowPolicy"])


@entry("test_update_completely_remove_resource")
def removed(t):
    name, made = deploy(t, {"Queue": queue(QueueName=t.name())}, outputs())
    deploy(t, None, name=name)
    attributes(t, "error", made["Url"])


def fifo(**properties):
    return queue(
        FifoQueue=True,
        ContentBasedDeduplication=True,
        DeduplicationScope="messageGroup",
        DelaySeconds=17,
        FifoThroughputLimit="perMessageGroupId",
        KmsDataKeyReusePeriodSeconds=297,
        KmsMasterKeyId="alias/aws/sqs",
        MaximumMessageSize=1234,
        MessageRetentionPeriod=13579,
        ReceiveMessageWaitTimeSeconds=18,
        VisibilityTimeout=45,
        Tags=[{"Key": "Department", "Value": "Finance"}],
        **properties,
    )


def update(t, before, after):
    masked(t)
    name, _ = deploy(t, {"Queue": before}, outputs())
    _, made = deploy(t, {"Queue": after}, outputs(), name=name)
    t.hide("queue-arn", made["Arn"])
    attributes(t, "updated_attributes", made["Url"])
    t.record("updated_tags", t.sqs.list_queue_tags, QueueUrl=made["Url"])


@entry("test_update_fifo_queue_remove_all_properties")
def bare(t):
    update(t, fifo(QueueName=f"{t.name()}.fifo"), queue(FifoQueue=True))


@entry("test_update_fifo_queue_remove_all_properties_except_queuename")
def bare_of_the_same_name(t):
    name = f"{t.name()}.fifo"
    update(t, fifo(QueueName=name), queue(FifoQueue=True, QueueName=name))
