"""Hackathons, challenge events and meetups: challenges, registrations with a waiting list, teams."""
