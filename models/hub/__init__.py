"""What is offered, and fetching it: catalogue, hub, verified and resumable downloads."""
