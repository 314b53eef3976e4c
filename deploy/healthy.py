"""Whether this container's web answers /sante with 200; asked as one of the trusted hosts, since the others get 400."""

import os
import sys
import urllib.request

port = os.environ.get("BIND", "127.0.0.1:8000").rpartition(":")[2]
host = (os.environ.get("TRUSTED_HOSTS", "").split() or ["127.0.0.1"])[0]
question = urllib.request.Request(f"http://127.0.0.1:{port}/sante", headers={"Host": host})
try:
    urllib.request.urlopen(question, timeout=5).close()  # noqa: S310 - the address above
except OSError as error:
    sys.exit(f"/sante: {error}")
