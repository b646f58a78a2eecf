"""What is known of the servers that speak the OpenAI protocol: addresses, kinds, errors, and the forms of their words.

``models/servers/remote.py`` makes a language model of it.
"""
