"""API keys and their plans: test_apigateway_extended."""

from harness import entry

from .apigateway_tools import patch


def key(t, record=None, **arguments):
    create = t.apigateway.create_api_key
    made = t.call(create, **arguments)
    if "id" in made:
        t.defer(t.apigateway.delete_api_key, apiKey=made["id"])
    return made if record is None else t.record(record, made)


@entry("TestApigatewayApiKeysCrud::test_get_api_keys")
def keys(t):
    name, other = t.name("my-key"), t.name("my-key-2")
    start = name[: len("my-key") + 1]
    listed = lambda key, **arguments: t.record(key, t.apigateway.get_api_keys, **arguments)
    listed("get-api-keys")
    key(t, "create-api-key", name=name)
    listed("get-api-keys-after-create-1")
    listed("get-api-keys-wrong-name-query", nameQuery="wrong")
    listed("get-api-keys-prefix-name-query", nameQuery=name[:8])
    listed("get-api-keys-prefix-name-query-cased", nameQuery=name[:8].upper())
    listed("get-api-keys-postfix-name-query", nameQuery=name[2:])
    listed("get-api-keys-infix-name-query", nameQuery=name[2:8])
    key(t, "create-api-key-2", name=other)
    listed("get-api-keys-after-create-2")
    listed("get-api-keys-name-query", nameQuery=other)
    listed("get-api-keys-prefix-name-query-2", nameQuery=start)
    page = listed("get-apis-keys-pagination", limit=1)
    listed("get-apis-keys-pagination-2", limit=1, position=page["position"])


@entry("TestApigatewayApiKeysCrud::test_get_usage_plan_api_keys")
def plan_keys(t):
    t.record("get-api-keys", t.apigateway.get_api_keys)
    names = [t.name("test-key"), t.name("test-key")]
    first = key(t, "create-api-key", name=names[0])["id"]
    second = key(t, "create-api-key-2", name=names[1])["id"]
    t.record("get-api-keys-after-create-1", t.apigateway.get_api_keys)
    plan = t.record("create-usage-plan", t.apigateway.create_usage_plan, name=t.name("plan"))["id"]
    t.defer(t.apigateway.delete_usage_plan, usagePlanId=plan)
    listed = lambda key, usagePlanId=plan, **more: t.record(
        key, t.apigateway.get_usage_plan_keys, usagePlanId=usagePlanId, **more
    )
    listed("get-up-keys-before-create")
    create = t.apigateway.create_usage_plan_key
    for key_name, id in [("create-up-key", first), ("create-up-key-2", second)]:
        t.record(key_name, create, usagePlanId=plan, keyId=id, keyType="API_KEY")
    listed("get-up-keys")
    listed("get-up-keys-name-query", nameQuery="test-key")
    listed("get-up-keys-name-query-cased", nameQuery="TEST-key")
    listed("get-up-keys-name-query-key-name", nameQuery=names[0])
    listed("get-up-keys-bad-query", nameQuery="nothing")
    for id in [first, second]:
        t.apigateway.delete_usage_plan_key(usagePlanId=plan, keyId=id)
    listed("get-up-keys-after-delete")
    listed("get-up-keys-bad-usage-plan", usagePlanId="bad")


@entry("TestApigatewayApiKeysCrud::test_negative_get_usage_plan_api_keys")
def wrong_limits(t):
    t.record("get-api-keys-invalid-limit", t.apigateway.get_api_keys, limit=-1)
    made = key(t, "create-api-key", name=t.name("key"))["id"]
    operations = [patch("replace", "/name", t.name("new"))]
    update = t.apigateway.update_api_key
    t.record("update-api-key-name", update, apiKey=made, patchOperations=operations)


@entry("TestApigatewayApiKeysCrud::test_update_api_key_invalid_description_length")
def long_descriptions(t):
    text = "a" * 125_001
    key(t, "create-api-key-description-too-long", name=t.name("key"), description=text)
    made = key(t, name=t.name("key"))["id"]
    operations = [patch("replace", "/description", text)]
    update = t.apigateway.update_api_key
    t.record("update-api-key-description-too-long", update, apiKey=made, patchOperations=operations)


@entry("TestApigatewayApiKeysCrud::test_update_api_key_invalid_enabled_type")
def wrong_flags(t):
    made = key(t)["id"]
    operations = [patch("replace", "/enabled", "wrong")]
    update = t.apigateway.update_api_key
    t.record("update-api-key-invalid-enabled-type", update, apiKey=made, patchOperations=operations)


@entry("TestApigatewayApiKeysCrud::test_update_api_key_immutable_field")
def immutable_fields(t):
    made = key(t)["id"]
    operations = [patch("replace", "/id", "other")]
    update = t.apigateway.update_api_key
    t.record("update-api-key-immutable-field", update, apiKey=made, patchOperations=operations)


@entry("TestApigatewayApiKeysCrud::test_create_usage_plan_with_throttle")
def throttled_plan(t):
    throttle = {"burstLimit": 20, "rateLimit": 10.0}
    create = t.apigateway.create_usage_plan
    made = t.record("create-usage-plan-burst-gt-rate", create, name=t.name("p"), throttle=throttle)
    t.defer(t.apigateway.delete_usage_plan, usagePlanId=made["id"])
