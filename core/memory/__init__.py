"""The shape memory seen from outside: its slots, a map of their keys, additions and removals, a write step by step."""
