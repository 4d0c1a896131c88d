"""From an uploaded file to a searchable material."""
