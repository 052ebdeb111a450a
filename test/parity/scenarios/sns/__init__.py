"""SNS: topics, subscriptions, notifications, and what leads to telephones.

Numbers that opted out of text messages (`test_list_phone_numbers_opted_out`) have no scenario: none can be made.
"""
