"""Resources and their paths."""

from harness import entry

from ..apigateway_tools import api_ids, patch


def resource(t, api, parent, part, key=None):
    arguments = {"restApiId": api, "parentId": parent, "pathPart": part}
    if key is None:
        return t.apigateway.create_resource(**arguments)["id"]
    return t.record(key, t.apigateway.create_resource, **arguments)["id"]


@entry("TestApiGatewayApiResource::test_resource_lifecycle")
def resources(t):
    api, root = api_ids(t)
    listed = lambda key: t.record(key, t.apigateway.get_resources, restApiId=api)
    listed("rest-api-root-resource")
    pets = resource(t, api, root, "pets", "create-resource")
    listed("rest-api-resources-after-create")
    resource(t, api, pets, "subpets", "create-subresource")
    listed("rest-api-resources-after-create-sub")
    at = {"restApiId": api, "resourceId": pets}
    operations = [patch("replace", "/pathPart", "dogs")]
    t.record("update-path-part", t.apigateway.update_resource, **at, patchOperations=operations)
    t.record("get-resp-after-update-path-part", t.apigateway.get_resource, **at)
    t.record("del-resource", t.apigateway.delete_resource, **at)
    listed("rest-api-resources-after-delete")


@entry("TestApiGatewayApiResource::test_create_resource_parent_invalid")
def wrong_parent(t):
    api, _ = api_ids(t)
    t.record(
        "wrong-resource-parent-id",
        t.apigateway.create_resource,
        restApiId=api,
        parentId="fake-resource-id",
        pathPart="api",
    )


@entry("TestApiGatewayApiResource::test_create_proxy_resource")
def greedy_resources(t):
    api, root = api_ids(t)
    start = "create-proxy-sibling"
    resource(t, api, root, "{proxy+}", "create-base-proxy-resource")
    parent = t.record("create-proxy-sibling-resource", resource(t, api, root, "parent"))
    greedy = resource(t, api, parent, "{proxy+}", f"{start}-proxy-child-resource")
    child = resource(t, api, parent, "child", f"{start}-static-child-resource")
    resource(t, api, child, "{proxy+}", "create-static-child-proxy-resource")
    t.record("all-resources", t.apigateway.get_resources, restApiId=api)
    t.apigateway.delete_resource(restApiId=api, resourceId=greedy)
    dynamic = resource(t, api, parent, "{child}", f"{start}-dynamic-child-resource")
    resource(t, api, dynamic, "{proxy+}", "create-dynamic-child-proxy-resource")
    t.record("all-resources-2", t.apigateway.get_resources, restApiId=api)


@entry("TestApiGatewayApiResource::test_update_resource_on_root")
def root_resource(t):
    api, root = api_ids(t)
    for key, path, value in [
        ("update-root-path-part", "/pathPart", "dogs"),
        ("update-root-parent", "/parentId", "fake"),
    ]:
        t.record(
            key,
            t.apigateway.update_resource,
            restApiId=api,
            resourceId=root,
            patchOperations=[patch("replace", path, value)],
        )
