"""A function of nobody's, with which a stem cell practises before a function needs it."""


def handler(event, context):
    return event
