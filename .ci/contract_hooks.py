"""How Schemathesis writes the bodies that it does not know: both are text."""

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/yaml")
def text(ctx, value):
    return value if isinstance(value, bytes) else (value if isinstance(value, str) else __import__("json").dumps(value)).encode()
