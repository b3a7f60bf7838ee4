"""Users are brought over from other systems: files are read row by row, checked, and written in batches."""
