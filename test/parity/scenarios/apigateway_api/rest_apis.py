"""REST APIs themselves."""

from harness import entry

from ..apigateway_tools import api_ids, patch, record_api


@entry("TestApiGatewayApiRestApi::test_get_api_case_insensitive")
def case_of_ids(t):
    api = record_api(t, "create-rest-api", description="lower case api")["id"]
    t.hide("upper-id", api.upper())
    t.record("get-api-upper-case", t.apigateway.get_rest_api, restApiId=api.upper())


@entry("TestApiGatewayApiRestApi::test_create_rest_api_with_optional_params")
def optional_parameters(t):
    record_api(t, "create-only-name")
    record_api(t, "create-empty-desc", description="")
    record_api(t, "create-with-version", version="v1")
    record_api(t, "create-with-empty-binary-media", binaryMediaTypes=[])
    record_api(t, "string-compression-size", minimumCompressionSize=-1)


@entry("TestApiGatewayApiRestApi::test_create_rest_api_with_binary_media_types")
def binary_media_types(t):
    record_api(t, "create-with-binary-media", binaryMediaTypes=["image/png"])


def update(t, api, key, *operations):
    t.record(key, t.apigateway.update_rest_api, restApiId=api, patchOperations=list(operations))


@entry("TestApiGatewayApiRestApi::test_update_rest_api_operation_add_remove")
def update_api(t):
    api, _ = api_ids(t, description="this is my api")
    update(
        t,
        api,
        "update-rest-api-add",
        patch("add", "/binaryMediaTypes/image~1png"),
        patch("add", "/binaryMediaTypes/image~1jpeg"),
    )
    update(
        t,
        api,
        "update-rest-api-replace",
        patch("replace", "/binaryMediaTypes/image~1png", "image/gif"),
    )
    update(
        t,
        api,
        "update-rest-api-remove",
        patch("remove", "/binaryMediaTypes/image~1gif"),
        patch("remove", "/description"),
    )


@entry("TestApiGatewayApiRestApi::test_update_rest_api_compression")
def compression(t):
    api, _ = api_ids(t, description="this is my api")
    path = "/minimumCompressionSize"
    for key, op, value in [
        ("enable-compression", "replace", "10"),
        ("disable-compression", "replace", ""),
        ("set-compression-zero", "replace", "0"),
        ("set-negative-compression", "replace", "-1"),
        ("set-string-compression", "replace", "test"),
        ("unsupported-operation", "add", "10"),
    ]:
        update(t, api, key, patch(op, path, value))


@entry("TestApiGatewayApiRestApi::test_update_rest_api_behaviour")
def lists_as_maps(t):
    api, _ = api_ids(t, description="this is my api")
    update(t, api, "update-rest-api-array", patch("add", "/binaryMediaTypes/-", "image/png"))
    for op, value in [("add", "image/gif"), ("replace", "image/gif"), ("remove", None)]:
        update(t, api, f"update-rest-api-{op}-base-path", patch(op, "/binaryMediaTypes", value))


@entry("TestApiGatewayApiRestApi::test_create_rest_api_with_endpoint_configuration")
def endpoints(t):
    wrong = {"types": ["wrong"], "ipAddressType": "wrong"}
    for key, configuration, more in [
        ("create-with-empty-types", {"types": []}, {}),
        ("create-with-invalid-ip-address-type", {"types": ["EDGE"], "ipAddressType": "wrong"}, {}),
        ("create-with-invalid-types", {"types": ["wrong"], "ipAddressType": "ipv4"}, {}),
        ("create-with-invalid-ip-address-type-and-types", wrong, {}),
        ("create-with-invalid-types-and-ip-address-type", wrong, {}),
        ("create-with-multiple-errors-1", wrong, {"description": ""}),
        ("create-with-multiple-errors-2", {"types": ["EDGE", "REGIONAL"]}, {"description": ""}),
        ("create-with-two-types", {"types": ["EDGE", "REGIONAL"]}, {}),
        (
            "create-with-endpoint-config-dualstack",
            {"types": ["EDGE"], "ipAddressType": "dualstack"},
            {},
        ),
        ("create-with-endpoint-config-regional", {"types": ["REGIONAL"]}, {}),
    ]:
        record_api(t, key, endpointConfiguration=configuration, **more)


@entry("TestApiGatewayApiRestApi::test_create_rest_api_private_type")
def private_endpoints(t):
    start = "create-with-private-type-and"
    for key, address, more in [
        (f"{start}-ipv4-ip-address-type", "ipv4", {}),
        (f"{start}-wrong-ip-address-type", "wrong", {}),
        (f"{start}-ipv4-ip-address-type-and-empty-description", "ipv4", {"description": ""}),
    ]:
        configuration = {"types": ["PRIVATE"], "ipAddressType": address}
        record_api(t, key, endpointConfiguration=configuration, **more)


@entry("TestApiGatewayApiRestApi::test_create_rest_api_verify_defaults")
def endpoint_defaults(t):
    record_api(t, "create-with-edge-default", endpointConfiguration={"types": ["EDGE"]})
    record_api(t, "create-with-regional-default", endpointConfiguration={"types": ["REGIONAL"]})
    record_api(t, "create-with-private-default", endpointConfiguration={"types": ["PRIVATE"]})
    record_api(t, "create-with-empty-default", endpointConfiguration={})
    wrong = {"types": ["wrong"]}
    record_api(t, "create-with-empty-ip-address-type-and-wrong-type", endpointConfiguration=wrong)


@entry("TestApiGatewayApiRestApi::test_update_rest_api_concatenation_of_errors")
def several_errors(t):
    api, _ = api_ids(t)
    address = patch("wrong", "/endpointConfiguration/ipAddressType", "dualstack")
    kind = patch("wrong", "/endpointConfiguration/types/0", "EDGE")
    start = "update-rest-api-wrong-operations-on"
    update(t, api, f"{start}-ipAddressType", address, address)
    update(t, api, f"{start}-type", kind, kind)
    update(t, api, f"{start}-type-and-on-ip-address-type", kind, address, address)
