"""Addresses that authors write, made absolute."""
