"""gunicorn, as the shop likes it: ``gunicorn -c deploy/gunicorn.conf.py shop.wsgi``.

Two processes of four threads wait well for Stripe and the database; give a larger machine more
with WEB_CONCURRENCY (gunicorn's own variable). Threads, not an event loop: with persistent
connections the latter uses up PostgreSQL's.
"""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))

# A lost worker comes back by itself; a slow one is replaced, never a shopper's payment cut off:
# Stripe's client gives up before this.
timeout = 60
graceful_timeout = 30
keepalive = 5
max_requests = 5_000
max_requests_jitter = 500

# Only a proxy on this machine may say whom a request is from.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# The shop writes its own line a request, without personal data.
accesslog = None
errorlog = "-"
loglevel = "warning"
