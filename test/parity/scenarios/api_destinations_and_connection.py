"""Connections and API destinations.

What Secrets Manager answers of a connection's secret is not built: `test_connection_secrets` and
`test_update_connection` cannot be equal.
"""

from harness import entry

BASIC = {
    "AuthorizationType": "BASIC",
    "AuthParameters": {"BasicAuthParameters": {"Username": "user", "Password": "pass"}},
}
API_KEY = {
    "AuthorizationType": "API_KEY",
    "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "ApiKey", "ApiKeyValue": "secret"}},
}
OAUTH = {
    "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS",
    "AuthParameters": {
        "OAuthParameters": {
            "AuthorizationEndpoint": "https://example.com/oauth",
            "ClientParameters": {"ClientID": "client_id", "ClientSecret": "client_secret"},
            "HttpMethod": "POST",
        }
    },
}


def _name(t):
    name = t.name("connection")
    t.hide("connection-name", name)
    t.defer(t.events.delete_connection, Name=name)
    return name


def _record_made(t, settings):
    name = _name(t)
    t.record("create-connection-auth", t.events.create_connection, Name=name, **settings)
    t.record("describe-connection-auth", t.events.describe_connection, Name=name)


@entry(
    "TestEventBridgeConnections::test_create_connection_with_auth",
    {"auth_params0": BASIC, "auth_params1": API_KEY, "auth_params2": OAUTH},
)
def connection(t, settings):
    _record_made(t, settings)


@entry(
    "TestEventBridgeConnections::test_connection_secrets",
    {"basic": BASIC, "api-key": API_KEY},
)
def connection_with_secret(t, settings):
    _record_made(t, settings)


@entry("TestEventBridgeConnections::test_create_connection")
def plain_connection(t):
    name = _name(t)
    t.record("create-connection", t.events.create_connection, Name=name, **API_KEY)
    t.record("describe-connection", t.events.describe_connection, Name=name)


@entry("TestEventBridgeConnections::test_list_connections")
def connections(t):
    name = _name(t)
    t.events.create_connection(Name=name, **BASIC)
    t.record("list-connections", t.events.list_connections, NamePrefix=name)


@entry("TestEventBridgeConnections::test_delete_connection")
def deleted_connection(t):
    name = _name(t)
    t.record("create-connection-response", t.events.create_connection, Name=name, **API_KEY)
    t.record("delete-connection", t.events.delete_connection, Name=name)
    t.record("describe-deleted-connection", t.events.describe_connection, Name=name)


@entry("TestEventBridgeConnections::test_create_connection_invalid_parameters")
def invalid_connection(t):
    settings = {**BASIC, "AuthorizationType": "INVALID_AUTH_TYPE"}
    t.record(
        "create-connection-invalid-auth-error",
        t.events.create_connection,
        Name=_name(t),
        **settings,
    )


@entry("TestEventBridgeConnections::test_create_connection_name_validation")
def invalid_name(t):
    t.record(
        "create-connection-invalid-name-error",
        t.events.create_connection,
        Name="Invalid Name With Spaces!",
        **BASIC,
    )


def _basic(username, password):
    return {
        "AuthorizationType": "BASIC",
        "AuthParameters": {
            "BasicAuthParameters": {"Username": username, "Password": password},
            "InvocationHttpParameters": {},
        },
    }


@entry("TestEventBridgeConnections::test_update_connection")
def updated_connection(t):
    name = _name(t)
    events = t.events
    t.record("create-connection", events.create_connection, Name=name, **_basic("user", "pass"))
    t.record("describe-created-connection", events.describe_connection, Name=name)
    changed = _basic("new_user", "new_pass")
    t.record("update-connection", events.update_connection, Name=name, **changed)
    t.record("describe-updated-connection", events.describe_connection, Name=name)


@entry(
    "TestEventBridgeApiDestinations::test_api_destinations",
    {"auth0": BASIC, "auth1": API_KEY, "auth2": OAUTH},
)
def api_destination(t, settings):
    events = t.events
    connection_arn = events.create_connection(Name=_name(t), **settings)["ConnectionArn"]
    name = t.name("destination")
    t.hide("destination-name", name)
    t.mask("ApiDestinationArn", "api-destination-arn")
    t.mask("ConnectionArn", "connection-arn")
    t.record(
        "create-api-destination",
        events.create_api_destination,
        Name=name,
        Description="Test API destination",
        ConnectionArn=connection_arn,
        InvocationEndpoint="https://example.com/api",
        HttpMethod="POST",
    )
    t.defer(events.delete_api_destination, Name=name)
    t.record("describe-api-destination", events.describe_api_destination, Name=name)
    t.record("list-api-destinations", events.list_api_destinations, NamePrefix=name)
    t.record(
        "update-api-destination",
        events.update_api_destination,
        Name=name,
        Description="Updated API destination",
        ConnectionArn=connection_arn,
        InvocationEndpoint="https://example.com/api/v2",
        HttpMethod="PUT",
    )
    t.record("describe-updated-api-destination", events.describe_api_destination, Name=name)
    t.record("delete-api-destination", events.delete_api_destination, Name=name)
    t.record(
        "describe-api-destination-not-found-error", events.describe_api_destination, Name=name
    )


@entry("TestEventBridgeApiDestinations::test_create_api_destination_invalid_parameters")
def invalid_api_destination(t):
    t.record(
        "create-api-destination-invalid-parameters-error",
        t.events.create_api_destination,
        Name=t.name("destination"),
        ConnectionArn="invalid-connection-arn",
        InvocationEndpoint="https://api.example.com",
        HttpMethod="INVALID_METHOD",
    )


@entry("TestEventBridgeApiDestinations::test_create_api_destination_name_validation")
def invalid_api_destination_name(t):
    arn = t.events.create_connection(Name=_name(t), **BASIC)["ConnectionArn"]
    t.record(
        "create-api-destination-invalid-name-error",
        t.events.create_api_destination,
        Name="Invalid Name With Spaces!",
        ConnectionArn=arn,
        InvocationEndpoint="https://api.example.com",
        HttpMethod="POST",
    )
