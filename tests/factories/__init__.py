"""Builders of records for the tests: minimal and unsurprising; they add to the session and flush."""
