"""The job queue, wrapped once: put in, worked off, and the progress of an ingest."""
