class Workspace:
    def __init__(self, uri):
        raise NotImplementedError
