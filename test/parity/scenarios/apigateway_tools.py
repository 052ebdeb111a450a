"""What the scenarios of REST APIs share."""

import json

MOCK_TEMPLATE = {"application/json": '{"statusCode": 200}'}


def rest_api(t, **arguments):
    """CreateRestApi's answer; the API goes at the end."""
    arguments.setdefault("name", t.name("api"))
    made = t.call(t.apigateway.create_rest_api, **arguments)
    if "id" in made:
        t.defer(t.apigateway.delete_rest_api, restApiId=made["id"])
    return made


def api_ids(t, **arguments):
    """The ids of a new API and of its root resource."""
    made = rest_api(t, **arguments)
    return made["id"], made["rootResourceId"]


def record_api(t, key, **arguments):
    """As `rest_api`, and the answer is kept."""
    return t.record(key, rest_api(t, **arguments))


def method(t, api, resource, http_method="GET", **arguments):
    """A method without authorization."""
    t.apigateway.put_method(
        restApiId=api,
        resourceId=resource,
        httpMethod=http_method,
        **{"authorizationType": "NONE", **arguments},
    )
    return {"restApiId": api, "resourceId": resource, "httpMethod": http_method}


def mock(t, api, resource, http_method="GET", template=None, **arguments):
    """A method that answers 200 by itself, with a template where one is given."""
    at = method(t, api, resource, http_method, **arguments)
    t.apigateway.put_method_response(**at, statusCode="200")
    t.apigateway.put_integration(**at, type="MOCK", requestTemplates=MOCK_TEMPLATE)
    more = {} if template is None else {"responseTemplates": {"application/json": template}}
    t.apigateway.put_integration_response(**at, statusCode="200", selectionPattern="", **more)
    return at


def stage_url(t, api, stage, path=""):
    return f"http://{api}.execute-api.{t.region}.localhost{path_of(stage, path)}"


def path_of(stage, path):
    return f"/{stage}{path}"


def ask(t, api, stage, path="/", method="GET", body=None, headers=None):
    """Status, headers and the body, parsed where it is JSON."""
    data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
    given = dict(headers or {})
    if isinstance(body, (dict, list)):
        given.setdefault("Content-Type", "application/json")
    status, told, text = t.http(stage_url(t, api, stage, path), method, data, given)
    try:
        return status, told, json.loads(text)
    except ValueError:
        return status, told, text


def patch(op, path, value=None, **more):
    one = {"op": op, "path": path, **more}
    return one if value is None else {**one, "value": value}
