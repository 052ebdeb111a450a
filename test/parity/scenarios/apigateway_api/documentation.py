"""Documentation parts."""

import json

from harness import entry

from ..apigateway_tools import api_ids, patch


def documented(t, api):
    return {
        "restApiId": api,
        "location": {"type": "API"},
        "properties": json.dumps({"description": "Sample API description"}),
    }


@entry("TestApiGatewayApiDocumentationPart::test_documentation_part_lifecycle")
def documentation(t):
    api, _ = api_ids(t)
    create = t.apigateway.create_documentation_part
    made = t.record("create-documentation-part", create, **documented(t, api))
    at = {"restApiId": api, "documentationPartId": made["id"]}
    t.record("get-documentation-part", t.apigateway.get_documentation_part, **at)
    t.record("get-documentation-parts", t.apigateway.get_documentation_parts, restApiId=api)
    text = json.dumps({"description": "Updated Sample API description"})
    t.record(
        "update-documentation-part",
        t.apigateway.update_documentation_part,
        **at,
        patchOperations=[patch("replace", "/properties", text)],
    )
    t.record("get-documentation-part-after-update", t.apigateway.get_documentation_part, **at)
    t.record("delete_documentation_part", t.apigateway.delete_documentation_part, **at)


@entry("TestApiGatewayApiDocumentationPart::test_invalid_get_documentation_part")
def wrong_documentation(t):
    api, _ = api_ids(t)
    get = t.apigateway.get_documentation_part
    start = "get-documentation-part-invalid"
    t.record(f"{start}-api-id", get, restApiId="api_id", documentationPartId="part_id")
    t.record(f"{start}-doc-id", get, restApiId=api, documentationPartId="part_id")


@entry("TestApiGatewayApiDocumentationPart::test_invalid_update_documentation_part")
def wrong_documentation_updates(t):
    api, _ = api_ids(t)
    made = t.apigateway.create_documentation_part(**documented(t, api))["id"]
    for key, target, operation in [
        ("invalid-api-id", "api_id", patch("replace", "/properties", "{}")),
        ("invalid-add-operation", api, patch("add", "/properties", "{}")),
        ("invalid-path", api, patch("replace", "/invalidPath", "{}")),
    ]:
        t.record(
            f"update-documentation-part-{key}",
            t.apigateway.update_documentation_part,
            restApiId=target,
            documentationPartId=made,
            patchOperations=[operation],
        )


@entry("TestApiGatewayApiDocumentationPart::test_invalid_delete_documentation_part")
def wrong_documentation_deletions(t):
    api, _ = api_ids(t)
    made = t.apigateway.create_documentation_part(**documented(t, api))["id"]
    for key, target in [
        ("delete_documentation_part_wrong_api_id", "api_id"),
        ("delete_documentation_part", api),
        ("delete_already_deleted_documentation_part", api),
    ]:
        delete = t.apigateway.delete_documentation_part
        t.record(key, delete, restApiId=target, documentationPartId=made)


@entry("TestApiGatewayApiDocumentationPart::test_import_documentation_parts_bad_file")
def wrong_documents(t):
    api, _ = api_ids(t)
    start = "import-documentation-parts-bad"
    for key, body in [("yaml", b"a: [1"), ("json", b'{"a": ')]:
        t.record(
            f"{start}-{key}-file",
            t.apigateway.import_documentation_parts,
            restApiId=api,
            body=body,
        )
