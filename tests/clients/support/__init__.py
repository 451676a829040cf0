"""What the client tests share: the gateway process, the fake upstream, private environments."""
