"""What the shop is like while something is away or dies, and afterwards.

`make faults` runs these tests. They start PostgreSQL, Redis and RabbitMQ of their own on
free ports, with the machine's programs, and the shop on them as users start it; then they
stop, kill or freeze one of them. Each test prints what it measured in one line.
"""
