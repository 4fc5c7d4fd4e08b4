"""Whoever signs: OpenSSH key files in a person's own folder, or the person's ssh-agent."""
