"""What search reads: passages, weighted vectors and the statistics that ranking needs."""
