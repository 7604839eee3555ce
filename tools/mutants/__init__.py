"""Mutation testing: change the code in one small place at a time, and see whether a test fails.

mutmut makes the changes. Its own runner leaves out decorated functions and constants, and cannot run tests with a database; this
one forks each mutant from a process that has imported everything (docs/decisions/0013-mutation-testing.md).
"""
