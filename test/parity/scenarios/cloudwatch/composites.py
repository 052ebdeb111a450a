"""Composite alarms follow the alarms that they name; actions can be turned off."""

import json

from harness import entry

from .alarms import put_alarm, speaking_alarm, told
from .tools import each, speaking

C = "TestCloudwatch::"


@entry(f"{C}test_trigger_composite_alarm", each())
def composite(t, protocol):
    client = speaking(t, protocol)
    names = [t.name("simple-1"), t.name("simple-2")]
    for name in names:
        put_alarm(t, client, name)
    arns = [f"arn:aws:cloudwatch:{t.region}:{t.account}:alarm:{name}" for name in names]
    name, up, down = t.name("composite"), t.topic(), t.topic()
    for hidden, value in [
        ("simple-alarm-1-name", names[0]),
        ("simple-alarm-2-name", names[1]),
        ("composite-alarm-name", name),
        ("alarm-topic-name", up.split(":")[-1]),
        ("ok-topic-name", down.split(":")[-1]),
    ]:
        t.hide(hidden, value)
    t.mask("timestamp", "date")
    t.defer(client.delete_alarms, AlarmNames=[name])
    t.record(
        "put-composite-alarm",
        client.put_composite_alarm,
        AlarmName=name,
        AlarmDescription="composite alarm description",
        AlarmRule=f'ALARM("{arns[0]}") OR ALARM("{arns[1]}")',
        OKActions=[down],
        AlarmActions=[up],
    )

    def becomes(key, which, state):
        # Reasons tell the second of the change.
        t.pass_time(2)
        client.set_alarm_state(AlarmName=names[which], StateValue=state, StateReason="test")
        if key is not None:
            found = client.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
            alarm = found["CompositeAlarms"][0]
            alarm["StateReasonData"] = json.loads(alarm["StateReasonData"])
            t.record(key, alarm)

    becomes("composite-alarm-in-alarm-when-alarm-1-is-in-alarm", 0, "ALARM")
    becomes("composite-alarm-in-ok-when-alarm-1-is-back-to-ok", 0, "OK")
    becomes("composite-alarm-in-alarm-when-alarm-2-is-in-alarm", 1, "ALARM")
    becomes("composite-alarm-in-ok-when-alarm-2-is-back-to-ok", 1, "OK")
    becomes(None, 0, "ALARM")
    becomes("composite-alarm-is-triggered-by-alarm-1-and-then-unchanged-by-alarm-2", 1, "ALARM")


@entry(f"{C}test_enable_disable_alarm_actions", each())
def actions(t, protocol):
    client, name, url = speaking_alarm(t, protocol, TreatMissingData="ignore")
    describe = client.describe_alarms
    t.record("describe_alarm", describe, AlarmNames=[name])
    client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="testing alarm")
    message = told(t, url, "ALARM")
    t.mask("AlarmConfigurationUpdatedTimestamp", "date")
    t.record("alarm-state-sqs-msg", message)
    t.mask("AlarmConfigurationUpdatedTimestamp", "timestamp")
    t.record("alarm-state-describe", describe, AlarmNames=[name])
    client.disable_alarm_actions(AlarmNames=[name])
    client.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="testing OK state")
    t.record("describe_alarm_disabled", describe, AlarmNames=[name])
    t.record("ok-state-action-disabled-describe", describe, AlarmNames=[name])
    client.enable_alarm_actions(AlarmNames=[name])
    t.record("describe_alarm_enabled", describe, AlarmNames=[name])
