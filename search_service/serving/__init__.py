"""What api, web and integrations share: services, who calls, request ids, CSRF, limits, ETags."""
