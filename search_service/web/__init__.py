"""The web application: pages and fragments for people, rendered on the server."""
