"""REST APIs of OpenAPI documents: test_apigateway_import."""

import json

from harness import entry

from .apigateway_tools import record_api

MOCK = {
    "type": "mock",
    "requestTemplates": {"application/json": '{"statusCode": 200}'},
    "passthroughBehavior": "when_no_templates",
}
PETS = {
    "type": "http",
    "httpMethod": "GET",
    "uri": "http://petstore-demo-endpoint.execute-api.com/petstore/pets",
    "passthroughBehavior": "when_no_match",
    "responses": {"default": {"statusCode": "200"}},
}
PLAIN = {"200": {"description": "200 response"}}


def imported(t, key, document):
    made = t.call(t.apigateway.import_rest_api, body=json.dumps(document).encode())
    t.defer(t.apigateway.delete_rest_api, restApiId=made["id"])
    return t.record(key, made)["id"]


def record_resources(t, api):
    """All resources, and each method with all that belongs to it."""
    listed = t.record("resources", t.apigateway.get_resources, restApiId=api)["items"]
    for resource in listed:
        for name in resource.get("resourceMethods", {}):
            at = {"restApiId": api, "resourceId": resource["id"], "httpMethod": name}
            key = f"{resource['path'][1:] or 'root'}-{name.lower()}"
            t.record(f"method-{key}", t.apigateway.get_method, **at)
            one = {**at, "statusCode": "200"}
            t.record(f"method-response-{key}", t.apigateway.get_method_response, **one)
            t.record(f"integration-{key}", t.apigateway.get_integration, **at)
            t.record(f"integration-response-{key}", t.apigateway.get_integration_response, **one)


@entry("TestApiGatewayImportRestApi::test_import_rest_api")
def one_document(t):
    document = {
        "openapi": "3.0.1",
        "info": {"title": "one", "version": "1.0"},
        "paths": {},
        "x-amazon-apigateway-binary-media-types": ["*/*"],
    }
    imported(t, "import_rest_api", document)


@entry("TestApiGatewayImportRestApi::test_import_with_global_api_key_authorizer")
def authorizer_of_all(t):
    function = f"arn:aws:lambda:{t.region}:{t.account}:function:f"
    uri = f"arn:aws:apigateway:{t.region}:lambda:path/2015-03-31/functions/{function}/invocations"
    empty = {"application/json": {"schema": {"$ref": "#/components/schemas/Empty"}}}
    template = '{"echo": "$input.params(\'data\')", "response": "mocked"}'
    answer = {"statusCode": "200", "responseTemplates": {"application/json": template}}
    document = {
        "openapi": "3.0.2",
        "info": {"title": "one", "version": "1.0"},
        "paths": {
            "/pets": {"get": {"responses": PLAIN, "x-amazon-apigateway-integration": PETS}},
            "/echo/{data}": {
                "x-amazon-apigateway-any-method": {
                    "responses": {"200": {"description": "200 response", "content": empty}},
                    "x-amazon-apigateway-integration": {
                        **MOCK,
                        "responses": {"default": answer},
                    },
                }
            },
        },
        "components": {
            "schemas": {"Empty": {"title": "Empty Schema", "type": "object"}},
            "securitySchemes": {
                "Guard": {
                    "type": "apiKey",
                    "name": "X-Api-Key",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "custom",
                    "x-amazon-apigateway-authorizer": {
                        "type": "request",
                        "authorizerUri": uri,
                        "identitySource": "method.request.header.Custom-Authorization",
                        "authorizerResultTtlInSeconds": 300,
                    },
                }
            },
        },
        "security": [{"Guard": []}],
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
    }
    api = imported(t, "import-swagger", document)
    t.record("get-authorizers", t.apigateway.get_authorizers, restApiId=api)
    record_resources(t, api)


@entry(
    "TestApiGatewayImportRestApi::test_put_rest_api_mode_binary_media_types",
    {"merge": ("merge",), "overwrite": ("overwrite",)},
)
def binary_media_types(t, mode):
    api = record_api(t, "create-rest-api", binaryMediaTypes=["image/heif"])["id"]
    t.record("get-rest-api", t.apigateway.get_rest_api, restApiId=api)
    document = {
        "swagger": "2.0",
        "info": {"title": "pets", "version": "1.0.0"},
        "paths": {"/pets": {"get": {"responses": PLAIN, "x-amazon-apigateway-integration": PETS}}},
        "x-amazon-apigateway-binary-media-types": ["image/png", "image/jpg"],
    }
    body = json.dumps(document).encode()
    t.record("put-api", t.apigateway.put_rest_api, restApiId=api, mode=mode, body=body)


@entry("TestApiGatewayImportRestApi::test_import_api_bad_file")
def no_documents(t):
    made = t.apigateway.create_rest_api(name=t.name("api"))["id"]
    t.defer(t.apigateway.delete_rest_api, restApiId=made)
    files = [("yaml", b"a: [1"), ("json", b'{"a": ')]
    for kind, body in files:
        t.record(f"import-api-bad-{kind}-file", t.apigateway.import_rest_api, body=body)
    for kind, body in files:
        key = f"put-rest-api-bad-{kind}-file"
        t.record(key, t.apigateway.put_rest_api, restApiId=made, body=body)


@entry("TestApiGatewayImportRestApi::test_import_with_circular_models_and_request_validation")
def circular_models(t):
    schemas = "#/components/schemas"
    empty = {"application/json": {"schema": {"$ref": f"{schemas}/Empty"}}}
    template = '{"echo": $input.json(\'$\'), "response": "mocked"}'
    answer = {"statusCode": "200", "responseTemplates": {"application/json": template}}
    text = {"type": "string", "description": "Random property"}
    living = "The information of who is living in the house"
    document = {
        "openapi": "3.0.1",
        "info": {"title": "Circular model reference", "version": "1.0"},
        "paths": {
            "/person": {
                "post": {
                    "operationId": "CreatePerson",
                    "requestBody": {
                        "content": {"application/json": {"schema": {"$ref": f"{schemas}/Person"}}}
                    },
                    "responses": {"200": {"description": "200 response", "content": empty}},
                    "x-amazon-apigateway-request-validator": "basic",
                    "x-amazon-apigateway-integration": {
                        **MOCK,
                        "responses": {"default": answer},
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Empty": {"title": "Empty Schema", "type": "object"},
                "Person": {
                    "type": "object",
                    "description": "Random person schema.",
                    "required": ["b", "name"],
                    "properties": {
                        "name": text,
                        "b": {"type": "number"},
                        "house": {"$ref": f"{schemas}/House"},
                    },
                },
                "House": {
                    "type": "object",
                    "description": "Where a Person can live",
                    "properties": {
                        "randomProperty": {**text, "format": "byte"},
                        "contains": {
                            "type": "array",
                            "description": living,
                            "minItems": 1,
                            "items": {"$ref": f"{schemas}/Person"},
                        },
                    },
                },
            }
        },
        "x-amazon-apigateway-request-validators": {
            "basic": {"validateRequestBody": True, "validateRequestParameters": True}
        },
    }
    api = imported(t, "import-api", document)
    t.hide("model-base-url", "https://apigateway.amazonaws.com")
    t.record("get-models", t.apigateway.get_models, restApiId=api)
    t.record("request-validators", t.apigateway.get_request_validators, restApiId=api)
    record_resources(t, api)
