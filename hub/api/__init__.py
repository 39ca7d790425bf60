"""What the hub answers over HTTP: webhooks, health, metrics."""
