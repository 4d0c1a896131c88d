"""What is learned from use: searches, the hits that were opened, and what was not found."""
