"""A boto3-like client of SQS's older protocol, whose model botocore no longer ships: derived from the JSON one."""

import copy

import botocore.loaders
import botocore.session
from botocore.config import Config

# How the older protocol names the members of lists, and of maps with their keys and values.
LISTS = {
    "AttributeNameList": "AttributeName",
    "MessageAttributeNameList": "MessageAttributeName",
    "MessageSystemAttributeList": "MessageSystemAttributeName",
    "MessageList": "Message",
    "QueueUrlList": "QueueUrl",
    "SendMessageBatchRequestEntryList": "SendMessageBatchRequestEntry",
    "SendMessageBatchResultEntryList": "SendMessageBatchResultEntry",
    "DeleteMessageBatchRequestEntryList": "DeleteMessageBatchRequestEntry",
    "DeleteMessageBatchResultEntryList": "DeleteMessageBatchResultEntry",
    "ChangeMessageVisibilityBatchRequestEntryList": "ChangeMessageVisibilityBatchRequestEntry",
    "ChangeMessageVisibilityBatchResultEntryList": "ChangeMessageVisibilityBatchResultEntry",
    "BatchResultErrorEntryList": "BatchResultErrorEntry",
    "AWSAccountIdList": "AWSAccountId",
    "ActionNameList": "ActionName",
    "TagKeyList": "TagKey",
    "ListMessageMoveTasksResultEntryList": "ListMessageMoveTasksResultEntry",
}
MAPS = {
    "QueueAttributeMap": ("Attribute", "Name", "Value"),
    "MessageSystemAttributeMap": ("Attribute", "Name", "Value"),
    "MessageBodyAttributeMap": ("MessageAttribute", "Name", "Value"),
    "MessageBodySystemAttributeMap": ("MessageSystemAttribute", "Name", "Value"),
    "TagMap": ("Tag", "Key", "Value"),
}


class _Loader(botocore.loaders.Loader):
    def load_service_model(self, service_name, type_name, api_version=None):
        model = super().load_service_model(service_name, type_name, api_version)
        return _older(model) if (service_name, type_name) == ("sqs", "service-2") else model


def _older(json_model):
    model = copy.deepcopy(json_model)
    metadata = model["metadata"]
    for name in ("awsQueryCompatible", "jsonVersion", "targetPrefix"):
        metadata.pop(name, None)
    metadata.update(protocol="query", protocols=["query"])
    metadata["xmlNamespace"] = "http://queue.amazonaws.com/doc/2012-11-05/"
    for operation in model["operations"].values():
        if "output" in operation:
            operation["output"]["resultWrapper"] = operation["output"]["shape"]
    for name, shape in model["shapes"].items():
        if name in LISTS:
            shape["member"]["locationName"] = LISTS[name]
        for member in shape.get("members", {}).values():
            if member["shape"] in MAPS:
                member["locationName"], key, value = MAPS[member["shape"]]
                target = model["shapes"][member["shape"]]
                target["key"]["locationName"], target["value"]["locationName"] = key, value
    return model


def client(region):
    """A client that speaks the query protocol, without retries and without checks of what it sends."""
    session = botocore.session.Session()
    root = botocore.session.Session().get_component("data_loader")
    session.register_component("data_loader", _Loader(root.search_paths))
    config = Config(
        read_timeout=120, retries={"total_max_attempts": 1}, parameter_validation=False
    )
    return session.create_client("sqs", region_name=region, config=config)
