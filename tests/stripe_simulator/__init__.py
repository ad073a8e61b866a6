"""An offline Stripe: a server that speaks the part of Stripe's API that Nexus uses.

`python -m tests.stripe_simulator --port 8001 --webhook-url URL --webhook-secret SECRET`
for demos (`make run STRIPE=sim`), `running.running_stripe(...)` for tests. It needs only
the standard library. Beside `/v1/` it has pages on which a person pays (`/`, `/pay/...`)
and a control API (`/_control/`) by which tests break it: see `steering.py`.

Not simulated: other payment methods than cards, manual capture, Connect, fees, rate
limits. Failed webhooks are repeated after seconds, not hours. A parameter that it does
not know is refused, as Stripe does.
"""

# The version that the official SDK asks for; its answers have this version's shapes.
API_VERSION = "2026-10-28.endive"
