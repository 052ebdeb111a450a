"""Stages that show a part of their callers another deployment: test_apigateway_canary."""

from harness import entry

from .apigateway_tools import api_ids, mock, patch

DEFAULT = '{"statusCode": 200, "message": "default deployment"}'


def shown_api(t):
    api, root = api_ids(t)
    mock(t, api, root, template=DEFAULT)
    return api


def change(t, api, key, *operations):
    t.record(
        key,
        t.apigateway.update_stage,
        restApiId=api,
        stageName="dev",
        patchOperations=list(operations),
    )


def create_stage(t, api, deployment, **more):
    t.record(
        "create-stage",
        t.apigateway.create_stage,
        restApiId=api,
        stageName="dev",
        deploymentId=deployment,
        description="dev stage",
        variables={"testVar": "default"},
        **more,
    )


@entry("TestStageCrudCanary::test_create_update_stages")
def stages(t):
    api = shown_api(t)
    create = t.apigateway.create_deployment
    first = t.record("create-deployment-1", create, restApiId=api)["id"]
    second = t.record("create-deployment-2", create, restApiId=api)["id"]
    canary = {
        "deploymentId": second,
        "percentTraffic": 50,
        "stageVariableOverrides": {"testVar": "canary"},
    }
    create_stage(t, api, first, canarySettings=canary)
    at = {"restApiId": api, "stageName": "dev"}
    t.record("get-stage", t.apigateway.get_stage, **at)
    path = "/canarySettings/stageVariableOverrides/testVar"
    change(t, api, "update-stage-canary-settings-overrides", patch("replace", path, "updated"))
    change(t, api, "update-stage-remove-canary-settings", patch("remove", "/canarySettings"))
    t.record("get-stage-after-remove", t.apigateway.get_stage, **at)


@entry("TestStageCrudCanary::test_create_canary_deployment_by_stage_update")
def canary_by_update(t):
    api = shown_api(t)
    create = t.apigateway.create_deployment
    first = t.record("create-deployment", create, restApiId=api)["id"]
    second = t.record("create-deployment-2", create, restApiId=api)["id"]
    create_stage(t, api, first)
    path = "/canarySettings/deploymentId"
    change(t, api, "update-stage-with-deployment", patch("replace", path, second))
    change(t, api, "remove-stage-canary", patch("remove", "/canarySettings"))
    path = "/canarySettings/percentTraffic"
    change(t, api, "update-stage-with-percent", patch("replace", path, "50"))
    t.record("get-stage", t.apigateway.get_stage, restApiId=api, stageName="dev")


def copy(path, source):
    return {"op": "copy", "path": path, "from": source}


@entry("TestStageCrudCanary::test_update_stage_with_copy_ops")
def promotions(t):
    api = shown_api(t)
    create = t.apigateway.create_deployment
    at = {"restApiId": api, "stageName": "dev"}
    variables = {"testVar": "test", "testVar2": "test2"}
    t.record("deployment-1", create, **at, variables=variables)
    overrides, deployment = "/canarySettings/stageVariableOverrides", "/canarySettings/deploymentId"
    change(t, api, "copy-with-bad-statement", copy(overrides, "/variables"))
    promote = [copy("/deploymentId", deployment), copy("/variables", overrides)]
    change(t, api, "copy-with-no-replace", *reversed(promote))
    nobody = patch("replace", "/canarySettings/percentTraffic", "0.0")
    change(t, api, "update-stage-with-copy", nobody, *promote)
    canary = {"percentTraffic": 50, "stageVariableOverrides": {"testVar": "override"}}
    t.record("deployment-canary", create, **at, canarySettings=canary)
    t.record("get-stage", t.apigateway.get_stage, **at)
    change(t, api, "update-stage-with-copy-2", nobody, *promote)
