"""The second door to the shop: GraphQL over the services and reads that REST uses.

`views` speaks HTTP, `documents` and `cost` bound what a request may ask for, `executing` runs
it, `errors` answers refusals as REST does. The types, queries and mutations of an app are in its
own `graphql.py`; `config/schema.py` puts them together.
"""
