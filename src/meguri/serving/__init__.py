"""Endpoints, deployments, and the data plane that answers predictions."""
