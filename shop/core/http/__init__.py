"""What HTTP itself offers beside the bodies: conditions, caching, compression, methods, versions.

The middlewares stand in `config/settings.py` in the order in which they see a request.
"""
