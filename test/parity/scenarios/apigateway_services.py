"""What scenarios of integrations with services share."""

from .apigateway_lambda import trust
from .apigateway_tools import api_ids, method


def service_api(t, http_method="POST", **integration):
    """An API whose root asks a service, deployed to the stage `dev`; and where its method is."""
    api, root = api_ids(t)
    at = method(t, api, root, http_method)
    t.apigateway.put_integration(
        **at,
        type="AWS",
        integrationHttpMethod="POST",
        credentials=t.role(trust=trust()),
        **integration,
    )
    t.apigateway.put_method_response(**at, statusCode="200")
    t.apigateway.put_integration_response(**at, statusCode="200", selectionPattern="")
    t.apigateway.create_deployment(restApiId=api, stageName="dev")
    return api


def action_uri(t, service, action):
    return f"arn:aws:apigateway:{t.region}:{service}:action/{action}"
