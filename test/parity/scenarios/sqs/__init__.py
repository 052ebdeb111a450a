"""SQS, in both of its protocols.

`test_list_queues_pagination` has no scenario: what was recorded are the URLs and the token of another server.
"""
