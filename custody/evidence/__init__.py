"""Reading evidence: digests of files and folders, read once."""
