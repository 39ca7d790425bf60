"""What the hub answers over HTTP: webhooks, health, metrics, and the API for programs."""
