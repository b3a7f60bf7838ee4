"""Sign-in pages that a tenant brings along: what may be in the upload, its policy, where its files are."""
