"""`orderhub demo`: a real hub at work for a brand with five stores, on imitations of five platforms.

this process                                  the hub's own process (hub_process.py)
buyers, twins over HTTP, display  ⇄ HTTP ⇄    web server, arq workers, queue server, SQLite
                  └──────── one scaled clock (clock.py) ────────┘
"""

from hub.demo.demo import run

__all__ = ["run"]
