"""What the tests stand on: worlds, servers, samples and helpers. Fixtures are in the conftests, cases in the test files."""
