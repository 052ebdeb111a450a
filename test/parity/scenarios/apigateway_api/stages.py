"""Stages."""

from harness import entry

from ..apigateway_tools import api_ids, mock, patch


@entry("TestApiGatewayStage::test_get_stages_filters_by_deployment_id")
def stages_of_a_deployment(t):
    api, root = api_ids(t)
    mock(t, api, root)
    for name in ["stage1", "stage2"]:
        deployment = t.apigateway.create_deployment(restApiId=api)["id"]
        t.apigateway.create_stage(restApiId=api, stageName=name, deploymentId=deployment)
    stages = t.record("all-stages", t.apigateway.get_stages, restApiId=api)["item"]
    for index, stage in enumerate(stages, 1):
        at = {"restApiId": api, "deploymentId": stage["deploymentId"]}
        t.record(f"stages-deploy{index}", t.apigateway.get_stages, **at)


@entry("TestApiGatewayStage::test_stage_access_log_settings")
def access_logs(t):
    api, root = api_ids(t)
    mock(t, api, root)
    deployment = t.record("create-deployment", t.apigateway.create_deployment, restApiId=api)["id"]
    at = {"restApiId": api, "stageName": "dev"}
    t.record(
        "create-stage",
        t.apigateway.create_stage,
        **at,
        deploymentId=deployment,
        description="dev stage",
    )
    change = lambda key, operation: t.record(
        f"update-stage-access-log-{key}", t.apigateway.update_stage, **at, patchOperations=[operation]
    )
    arn = f"arn:aws:logs:{t.region}:{t.account}:log-group:group"
    t.hide("log-group-arn", arn)
    path = "/accessLogSettings/destinationArn"
    change("dest-add", patch("add", path, arn))
    change("dest-replace", patch("replace", path, f"{arn}a"))
    text = "$context.requestId $context.identity.sourceIp"
    change("format-add", patch("add", "/accessLogSettings/format", text))
    change("remove-all", patch("remove", "/accessLogSettings"))
