"""Models and request validators."""

import json

from harness import entry

from ..apigateway_tools import api_ids, patch, record_api


@entry("TestApiGatewayApiModels::test_update_model")
def update_model(t):
    api, _ = api_ids(t)
    change = lambda key, op, path, value, name="mySchema": t.record(
        key,
        t.apigateway.update_model,
        restApiId=api,
        modelName=name,
        patchOperations=[patch(op, path, value)],
    )
    schema = json.dumps({"title": "Updated schema", "type": "object"})
    change("update-model-wrong-id", "replace", "/schema", schema)
    t.record(
        "create-model",
        t.apigateway.create_model,
        restApiId=api,
        name="mySchema",
        contentType="application/json",
        schema=json.dumps({"title": "mySchema", "type": "object"}),
    )
    change("update-model", "replace", "/schema", schema)
    change("update-model-invalid-op", "add", "/wrong-path", "not supported op")
    change("update-model-invalid-path", "replace", "/name", "invalid path")
    change("update-model-empty-schema", "replace", "/schema", "")


@entry("TestApiGatewayApiRequestValidator::test_request_validator_lifecycle")
def validators(t):
    api = record_api(t, "create-rest-api", description="my api")["id"]
    made = t.record(
        "create-request-validator",
        t.apigateway.create_request_validator,
        restApiId=api,
        name=t.name("validator"),
    )
    at = {"restApiId": api, "requestValidatorId": made["id"]}
    t.record("get-request-validator", t.apigateway.get_request_validator, **at)
    t.record("get-request-validators", t.apigateway.get_request_validators, restApiId=api)
    change = lambda key, operation: t.record(
        key, t.apigateway.update_request_validator, **at, patchOperations=[operation]
    )
    path = "/validateRequestBody"
    change("update-request-validator-with-value", patch("replace", path, "true"))
    change("update-request-validator-without-value", patch("replace", path))
    t.record(
        "get-request-validators-after-update-operation", t.apigateway.get_request_validator, **at
    )
    t.record("delete-request-validator", t.apigateway.delete_request_validator, **at)
    t.record("get-deleted-request-validator", t.apigateway.get_request_validator, **at)
    t.record(
        "get-request-validators-after-delete", t.apigateway.get_request_validators, restApiId=api
    )


@entry("TestApiGatewayApiRequestValidator::test_invalid_get_request_validator")
def wrong_validator(t):
    api, _ = api_ids(t)
    get = t.apigateway.get_request_validator
    start = "get-request-validators-invalid"
    t.record(f"{start}-api-id", get, restApiId="api_id", requestValidatorId="validator_id")
    t.record(f"{start}-validator-id", get, restApiId=api, requestValidatorId="validator_id")


@entry("TestApiGatewayApiRequestValidator::test_invalid_get_request_validators")
def validators_of_nothing(t):
    get = t.apigateway.get_request_validators
    t.record("get-invalid-request-validators", get, restApiId="api_id")


@entry("TestApiGatewayApiRequestValidator::test_invalid_delete_request_validator")
def delete_wrong_validator(t):
    api, _ = api_ids(t)
    delete = t.apigateway.delete_request_validator
    start = "delete-request-validator-invalid"
    t.record(f"{start}-api-id", delete, restApiId="api_id", requestValidatorId="validator_id")
    t.record(f"{start}-validator-id", delete, restApiId=api, requestValidatorId="validator_id")


@entry("TestApiGatewayApiRequestValidator::test_create_request_validator_invalid_api_id")
def validator_for_nothing(t):
    create = t.apigateway.create_request_validator
    t.record("invalid-create-request-validator", create, restApiId="api_id", name="validator")


@entry("TestApiGatewayApiRequestValidator::test_invalid_update_request_validator_operations")
def wrong_validator_updates(t):
    api = record_api(t, "create-rest-api", description="my api")["id"]
    made = t.record(
        "create-request-validator",
        t.apigateway.create_request_validator,
        restApiId=api,
        name=t.name("validator"),
    )
    for key, operation in [
        ("invalid-add-operation", patch("add", "/validateRequestBody", "true")),
        ("invalid-remove-operation", patch("remove", "/validateRequestBody", "true")),
        ("invalid-path", patch("replace", "/invalidPath", "true")),
        ("empty-name-value", patch("replace", "/name", "")),
    ]:
        t.record(
            f"update-request-validator-{key}",
            t.apigateway.update_request_validator,
            restApiId=api,
            requestValidatorId=made["id"],
            patchOperations=[operation],
        )
