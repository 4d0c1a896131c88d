"""Who people are and what they may do: accounts, passwords, tokens, API keys and the policy.

It knows no protocol and nothing of search; audit is told of every change of an account.
"""
