"""Deliveries of other services' logs: sources, destinations, and what joins them."""

import json

from harness import entry

DISTRIBUTION = "E1Q5F5862X9VJ5"


def destination(t, hidden=None):
    """The name and the ARN of a destination that is a new bucket."""
    name, bucket = t.name("destination"), t.bucket()
    target = {"destinationResourceArn": f"arn:aws:s3:::{bucket}"}
    made = t.logs.put_delivery_destination(name=name, deliveryDestinationConfiguration=target)
    t.defer(t.logs.delete_delivery_destination, name=name)
    if hidden:
        t.hide(hidden, name)
    return name, made["deliveryDestination"]["arn"]


def source(t, hidden=None, account=None, distribution=DISTRIBUTION, **more):
    """PutDeliverySource's answer."""
    name = t.name("source")
    made = t.logs.put_delivery_source(
        name=name,
        resourceArn=f"arn:aws:cloudfront::{account or t.account}:distribution/{distribution}",
        logType="ACCESS_LOGS",
        **more,
    )
    t.defer(t.logs.delete_delivery_source, name=name)
    if hidden:
        t.hide(hidden, name)
    return made


def delivery(t):
    """The id of a new delivery."""
    _, arn = destination(t, "destination")
    name = source(t, "source")["deliverySource"]["name"]
    made = t.logs.create_delivery(deliverySourceName=name, deliveryDestinationArn=arn)
    t.defer(t.logs.delete_delivery, id=made["delivery"]["id"])
    return made["delivery"]["id"]


@entry("TestDeliveryDestinations::test_get_delivery_destination_not_found")
def missing_destination(t):
    t.record("error-not-found", t.logs.get_delivery_destination, name=t.name("no"))


@entry("TestDeliveryDestinations::test_describe_delivery_destinations")
def destinations(t):
    names = [destination(t, f"destination-{index}")[0] for index in range(2)]
    # The bucket is the same in the recording.
    found = t.logs.describe_delivery_destinations()["deliveryDestinations"]
    by_name = {one["name"]: one for one in found}
    for one in by_name.values():
        one["deliveryDestinationConfiguration"]["destinationResourceArn"] = "arn:aws:s3:::bucket"
    t.hide("bucket", "bucket")
    t.record("describe-delivery-destinations", [by_name[name] for name in names])


@entry("TestDeliveryDestinations::test_delete_delivery_destination")
def deleted_destination(t):
    name, _ = destination(t)
    t.logs.delete_delivery_destination(name=name)
    t.record("error-after-delete", t.logs.get_delivery_destination, name=name)


@entry("TestDeliveryDestinationPolicies::test_delete_delivery_destination_policy")
def deleted_policy(t):
    name, _ = destination(t)
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    t.logs.put_delivery_destination_policy(
        deliveryDestinationName=name, deliveryDestinationPolicy=policy
    )
    t.logs.delete_delivery_destination_policy(deliveryDestinationName=name)


@entry("TestDeliverySources::test_put_delivery_source")
def put_source(t):
    t.record("put-delivery-source", source(t, "source-name", tags={"key1": "value1"}))


@entry("TestDeliverySources::test_get_delivery_source_not_found")
def missing_source(t):
    t.record("error-not-found", t.logs.get_delivery_source, name=t.name("no"))


@entry("TestDeliverySources::test_describe_delivery_sources")
def sources(t):
    for index in range(2):
        source(t, f"source-{index}", account="123456789012", distribution="E19DL18TOXN9JU")
    t.record(
        "describe-delivery-sources",
        t.logs.describe_delivery_sources,
        unordered=("deliverySources",),
    )


@entry("TestDeliveries::test_get_delivery")
def one(t):
    t.record("get-delivery", t.logs.get_delivery, id=delivery(t))


@entry("TestDeliveries::test_describe_deliveries")
def all_of_them(t):
    id = delivery(t)
    found = t.logs.describe_deliveries()["deliveries"]
    t.record("describe-deliveries", [one for one in found if one["id"] == id])


@entry("TestDeliveries::test_delete_delivery")
def deleted(t):
    id = delivery(t)
    t.logs.delete_delivery(id=id)
    t.record("error-after-delete", t.logs.get_delivery, id=id)
