"""Yuanzhi (园治): development-zone policy that runs."""
