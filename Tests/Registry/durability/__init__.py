"""Kills a registry under load again and again, and checks what it comes back with."""
