from harness import entry

from .stack_tools import deploy


@entry("TestApigatewayLambdaIntegration::test_scenario_validate_infra")
def infrastructure(t):
    api = {"Ref": "Api"}
    host = {"Fn::Join": ["", [api, ".execute-api.", {"Ref": "AWS::Region"}, "."]]}
    url = ["", ["https://", host, {"Ref": "AWS::URLSuffix"}, "/", {"Ref": "Stage"}, "/"]]
    resources = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": t.name("api")}},
        "Method": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "HttpMethod": "GET",
                "AuthorizationType": "NONE",
                "Integration": {"Type": "MOCK"},
                "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                "RestApiId": api,
            },
        },
        "Deployment": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": api},
            "DependsOn": "Method",
        },
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {
                "RestApiId": api,
                "DeploymentId": {"Ref": "Deployment"},
                "StageName": "prod",
            },
        },
    }
    outputs = {
        "ApiId": {"Value": api},
        "restapiEndpointC67DEFEA": {"Value": {"Fn::Join": url}},
    }
    _, made = deploy(t, resources, outputs)
    t.record("resources", made)
