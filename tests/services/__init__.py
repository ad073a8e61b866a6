"""The shop with real servers; `.ci/run` names those of this machine.

A test whose server is not named is skipped; one whose server is named must succeed.
"""
