"""Compares Weft's answers with those that a real Consul gave to the same requests."""
