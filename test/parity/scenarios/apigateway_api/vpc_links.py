"""Links to networks."""

from harness import entry

from ..apigateway_tools import patch


@entry("TestApiGatewayVpcLink::test_vpc_link_lifecycle")
def vpc_links(t):
    arn = f"arn:aws:elasticloadbalancing:{t.region}:{t.account}:loadbalancer/net/nlb/1"
    t.record("nlb-arn", arn)
    name = t.name("link")
    made = t.record(
        "create_vpc_link", t.apigateway.create_vpc_link, name=name, targetArns=[arn]
    )
    at = {"vpcLinkId": made["id"]}
    t.record("get_vpc_link", t.apigateway.get_vpc_link, **at)
    t.record("get_vpc_links", t.apigateway.get_vpc_links)
    operations = [patch("replace", "/name", f"{name}-updated")]
    t.record("update_vpc_link", t.apigateway.update_vpc_link, **at, patchOperations=operations)
    t.record("delete_vpc_link", t.apigateway.delete_vpc_link, **at)


@entry("TestApiGatewayVpcLink::test_delete_vpc_link_invalid_id")
def delete_wrong_link(t):
    t.record("delete_vpc_link_invalid_id", t.apigateway.delete_vpc_link, vpcLinkId="wrong")


@entry("TestApiGatewayVpcLink::test_update_vpc_link_invalid_id")
def update_wrong_link(t):
    operations = [patch("replace", "/name", "x")]
    t.record(
        "update_vpc_link_invalid_id",
        t.apigateway.update_vpc_link,
        vpcLinkId="wrong",
        patchOperations=operations,
    )
