"""Dashboards."""

import json

from harness import entry

from .tools import each, speaking

C = "TestCloudwatch::"
#: Bytes of the recorded body, whose white space is not known.
SIZE = 240
WIDGET = {
    "type": "metric",
    "x": 0,
    "y": 0,
    "width": 6,
    "height": 6,
    "properties": {
        "metrics": [["AWS/EC2", "CPUUtilization", "InstanceId", "i-12345678"]],
        "region": "us-east-1",
        "view": "timeSeries",
        "stacked": False,
    },
}


@entry(f"{C}test_invalid_dashboard_name", each())
def invalid_name(t, protocol):
    client = speaking(t, protocol)
    body = json.dumps({"widgets": [WIDGET]})
    put = client.put_dashboard
    t.record(
        "error-invalid-dashboardname", put, DashboardName="test-dashboard:2", DashboardBody=body
    )


@entry(f"{C}test_dashboard_lifecycle", each())
def lifecycle(t, protocol):
    client, name = speaking(t, protocol), t.name("test-dashboard")
    body = json.dumps({"widgets": [WIDGET]}).ljust(SIZE)
    client.put_dashboard(DashboardName=name, DashboardBody=body)
    t.defer(client.delete_dashboards, DashboardNames=[name])
    answer = t.call(client.get_dashboard, DashboardName=name)
    answer["DashboardBody"] = json.loads(answer["DashboardBody"])
    t.record("get_dashboard", answer)
    listing = client.list_dashboards
    found = listing()
    found["DashboardEntries"] = [
        one for one in found["DashboardEntries"] if one["DashboardName"] == name
    ]
    t.record("list_dashboards", found)
    t.record("list_dashboards_prefix_empty", listing, DashboardNamePrefix="no-valid")
    t.record("list_dashboards_prefix", listing, DashboardNamePrefix="test")
    client.delete_dashboards(DashboardNames=[name])
    t.record("list_dashboards_empty", listing)
